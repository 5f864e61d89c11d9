using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Tests;

/// <summary>Against the examples of RFC 7541, appendices C.4 and C.6, and what the encoder makes.</summary>
public sealed class HeaderDecoderTests
{
    private const string Date = "Mon, 21 Oct 2013 20:13:2";

    // C.6: Huffman texts and a table of 256 bytes, so that the third response evicts what the others inserted.
    [Test]
    public void Decode_ResponsesOfTheRfc_GiveTheirFields()
    {
        HeaderDecoder decoder = new();
        var first = Decode(
            decoder,
            "3fe101 4882640258 85aec3771a4b 6196d07abe941054d444a8200595040b8166e082a62d1bff"
            + "6e919d29ad171863c78f0b97c8e9ae82ae43d3");
        var second = Decode(decoder, "4883640effc1c0bf");
        var third = Decode(
            decoder,
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960"
            + "d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007");
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(new[]
            {
                (":status", "302"), ("cache-control", "private"), ("date", Date + "1 GMT"),
                ("location", "https://www.example.com"),
            }));
            Assert.That(second, Is.EqualTo(new[]
            {
                (":status", "307"), ("cache-control", "private"), ("date", Date + "1 GMT"),
                ("location", "https://www.example.com"),
            }));
            Assert.That(third, Is.EqualTo(new[]
            {
                (":status", "200"), ("cache-control", "private"), ("date", Date + "2 GMT"),
                ("location", "https://www.example.com"), ("content-encoding", "gzip"),
                ("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
            }));
        });
    }

    // Blocks that nobody reads change the table all the same; and literals may be skipped.
    [Test]
    public void Decode_BlockThatNobodyWants_StillCountsForLaterOnes()
    {
        HeaderDecoder decoder = new();
        decoder.Decode([0x40, 1, (byte)'a', 1, (byte)'1', 0x00, 1, (byte)'b', 1, (byte)'2'], fields: null);
        Assert.That(Decode(decoder, "be"), Is.EqualTo(new[] { ("a", "1") }));
    }

    [TestCase(60)]
    [TestCase(4_000)]
    [TestCase(5_000)]
    public void Decode_WhatTheEncoderMakes_IsWhatWentIn(int length)
    {
        HeaderEncoder encoder = new("127.0.0.1:2379");
        HeaderDecoder decoder = new();
        foreach (string path in new[] { "/a", "/" + new string('b', length), "/a", "/" + new string('b', length) })
        {
            List<(string, string)> fields = [];
            decoder.Decode(encoder.Encode(path), fields);
            Assert.That(fields, Is.EqualTo(new[]
            {
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1:2379"),
                ("content-type", "application/grpc"), ("te", "trailers"),
            }));
        }
    }

    [TestCase("be", TestName = "Decode_IndexBehindTheTable_Throws")]
    [TestCase("80", TestName = "Decode_IndexZero_Throws")]
    [TestCase("ffffffffffff", TestName = "Decode_IntegerWithoutEnd_Throws")]
    [TestCase("000561", TestName = "Decode_TextThatIsCutOff_Throws")]
    [TestCase("0084ffffffff00", TestName = "Decode_EndSymbolInAText_Throws")]
    public void Decode_Malformed_Throws(string block) =>
        Assert.That(() => Decode(new HeaderDecoder(), block), Throws.TypeOf<InvalidDataException>());

    [FsCheck.NUnit.Property]
    public bool Decode_AnyBytes_ReturnsOrSaysMalformed(byte[] block)
    {
        try
        {
            new HeaderDecoder().Decode(block, []);
        }
        catch (InvalidDataException)
        {
        }

        return true;
    }

    private static List<(string Name, string Value)> Decode(HeaderDecoder decoder, string block)
    {
        List<(string, string)> fields = [];
        decoder.Decode(Convert.FromHexString(block.Replace(" ", "", StringComparison.Ordinal)), fields);
        return fields;
    }
}
