namespace Keelson.Store.History;

/// <summary>
/// Says whether a change at or below the compact revision is still reachable from the tree. Called inside an epoch pin;
/// once false for a frame, false for ever.
/// </summary>
internal delegate bool HistoryLiveness(HistoryFrame frame);
