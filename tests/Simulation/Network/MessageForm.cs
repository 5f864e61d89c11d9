namespace Keelson.Simulation.Network;

/// <summary>How messages become bytes and back: the real codec, so that simulation tests it too.</summary>
internal sealed record MessageForm<TMessage>(Func<TMessage, byte[]> Encode, Func<byte[], TMessage> Decode);
