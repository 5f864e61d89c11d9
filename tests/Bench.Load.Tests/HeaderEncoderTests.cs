using System.Text;
using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Tests;

/// <summary>
/// The encoder against a decoder of RFC 7541 written for this test: literals, static and dynamic indexes.
/// </summary>
public sealed class HeaderEncoderTests
{
    private const string PutPath = "/etcdserverpb.KV/Put";
    private const string RangePath = "/etcdserverpb.KV/Range";

    [Test]
    public void Encode_CallsOfTwoMethods_DecodeToTheirHeaders()
    {
        HeaderEncoder encoder = new("127.0.0.1:2379");
        List<(string Name, string Value)> table = [];
        foreach (string path in new[] { PutPath, PutPath, RangePath, PutPath, RangePath, RangePath })
        {
            Assert.That(Decode(encoder.Encode(path), table), Is.EqualTo(new[]
            {
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1:2379"),
                ("content-type", "application/grpc"), ("te", "trailers"),
            }));
        }
    }

    [Test]
    public void Encode_RepeatedCall_IsSixIndexes()
    {
        HeaderEncoder encoder = new("127.0.0.1:2379");
        encoder.Encode(PutPath);
        Assert.That(encoder.Encode(PutPath), Is.EqualTo(new byte[] { 0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE }));
    }

    // A value of more than 126 bytes needs a length of more than one byte; one that fills the table is not indexed.
    [TestCase(200)]
    [TestCase(5_000)]
    public void Encode_LongPath_DecodesWhole(int length)
    {
        HeaderEncoder encoder = new("a");
        List<(string Name, string Value)> table = [];
        string path = "/" + new string('p', length);
        for (int call = 0; call < 3; call++)
        {
            Assert.That(Decode(encoder.Encode(path), table), Has.Some.EqualTo((":path", path)));
        }
    }

    private static List<(string Name, string Value)> Decode(byte[] block, List<(string Name, string Value)> table)
    {
        List<(string Name, string Value)> fields = [];
        int position = 0;
        while (position < block.Length)
        {
            byte first = block[position];
            if ((first & 0x80) != 0)
            {
                int index = Integer(block, ref position, 7);
                fields.Add(index switch
                {
                    3 => (":method", "POST"),
                    6 => (":scheme", "http"),
                    _ => table[index - 62],
                });
                continue;
            }

            Assert.That(first, Is.EqualTo(0x40).Or.EqualTo(0x00), "a literal with a new name");
            position++;
            (string, string) field = (Text(block, ref position), Text(block, ref position));
            if (first == 0x40)
            {
                table.Insert(0, field);
            }

            fields.Add(field);
        }

        return fields;
    }

    private static string Text(byte[] block, ref int position)
    {
        int length = Integer(block, ref position, 7);
        position += length;
        return Encoding.ASCII.GetString(block, position - length, length);
    }

    private static int Integer(byte[] block, ref int position, int prefixBits)
    {
        int limit = (1 << prefixBits) - 1;
        int value = block[position++] & limit;
        for (int shift = 0; value >= limit; shift += 7)
        {
            byte part = block[position++];
            value += (part & 0x7F) << shift;
            if (part < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
