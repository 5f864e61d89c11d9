// The README's sample: a durable store inside a program, no server and no socket.
using Keelson.Store;

await using var store = KeyValueStore.Open(args.Length > 0 ? args[0] : "./data");
await store.PutAsync("fleet/hms-beagle", "at anchor");
var result = await store.TransactAsync(new Transaction
{
    When = [Condition.Value("fleet/hms-beagle", Comparison.Equal, "at anchor")],
    Then = [Operation.Put("fleet/hms-beagle", "under way")],
});
Console.WriteLine($"{store.Get("fleet/hms-beagle")?.Value}, revision {result.Revision}");
