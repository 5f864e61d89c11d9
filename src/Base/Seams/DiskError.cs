namespace Keelson.Base.Seams;

public enum DiskError
{
    /// <summary>A read, write or sync failed (EIO and everything not named below).</summary>
    Failed,

    /// <summary>No space left (ENOSPC, EDQUOT).</summary>
    Full,

    /// <summary>The file does not exist.</summary>
    NotFound,

    /// <summary>The file exists already.</summary>
    Exists,

    /// <summary>The directory is open in another process.</summary>
    InUse,
}
