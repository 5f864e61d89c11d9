using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>The etcd model as the sequential object of a search.</summary>
internal static class ModelStep
{
    public static OrderSearch<EtcdModel> Search { get; } = new(Step, KeyOf);

    private static EtcdModel? Step(EtcdModel state, Call call)
    {
        EtcdModel next = state.Clone();
        OperationResult result = next.Apply(call.Request);
        bool fits = call.Outcome == CallOutcome.Unknown || result.Equals(call.Result);
        return fits ? next : null;
    }

    private static string KeyOf(EtcdModel state) =>
        $"{state.CompactRevision} {string.Join(',', state.LeaseIds)} {string.Join(';', state.Changes)}";
}
