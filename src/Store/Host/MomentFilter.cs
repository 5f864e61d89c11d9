using Keelson.Store.History;

namespace Keelson.Store.Host;

/// <summary>Whether a version is wanted; called inside a pin.</summary>
internal delegate bool MomentFilter(HistoryFrame frame, MomentTree tree);
