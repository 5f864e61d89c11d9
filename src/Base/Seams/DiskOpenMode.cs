namespace Keelson.Base.Seams;

public enum DiskOpenMode
{
    /// <summary>The file must exist.</summary>
    Existing,

    /// <summary>The file must not exist; it is created empty.</summary>
    New,
}
