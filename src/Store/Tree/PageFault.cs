namespace Keelson.Store.Tree;

/// <summary>What is wrong with the bytes of a page.</summary>
internal enum PageFault
{
    None,
    TooShort,
    LengthDiffers,
    LevelDiffers,
    BoundsOverlap,
    NoEntries,
    KeyOutOfBounds,
    EntryOutOfBounds,
    ChildWithoutAddress,
    CountsImpossible,
}
