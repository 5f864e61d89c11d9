namespace Keelson.Fuzz.Driver;

/// <summary>The parser's answer breaks its promise.</summary>
internal sealed class FuzzViolationException(string text) : Exception(text)
{
    public static void Require(bool promise, string text)
    {
        if (!promise)
        {
            throw new FuzzViolationException(text);
        }
    }
}
