using System.Collections.Immutable;
using System.Net;
using Berth.Network.Dns;

namespace Berth.Network.Tests.Dns;

public sealed class DnsMessageTests(ITestOutputHelper output)
{
    [Fact]
    public void Message_OfRandomRecords_ComesBackAsItWas()
    {
        var random = Seeded();
        for (var i = 0; i < 2000; i++)
        {
            var message = RandomMessage(random);
            var read = DnsMessage.Parse(message.ToBytes());
            Assert.Equal(message.Id, read.Id);
            Assert.Equal(message.Rcode, read.Rcode);
            Assert.Equal(message.Edns, read.Edns);
            Assert.Equal((message.IsResponse, message.Authoritative, message.RecursionDesired, message.RecursionAvailable, message.Opcode),
                (read.IsResponse, read.Authoritative, read.RecursionDesired, read.RecursionAvailable, read.Opcode));
            Assert.Equal(message.Questions, read.Questions);
            Assert.Equal(message.Answers, read.Answers);
            Assert.Equal(message.Authorities, read.Authorities);
            Assert.Equal(message.Additionals, read.Additionals);
        }
    }

    [Fact]
    public void Parse_OfHostileBytes_ThrowsNothingButItsOwnError()
    {
        var random = Seeded();
        var refused = 0;
        for (var i = 0; i < 50_000; i++)
        {
            byte[] bytes;
            if (i % 2 == 0)
            {
                // A good message with some bytes turned: reaches much further than noise.
                bytes = RandomMessage(random).ToBytes();
                for (var flips = random.Next(1, 6); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                if (random.Next(4) == 0)
                    bytes = bytes[..random.Next(bytes.Length)];
            }
            else
            {
                bytes = new byte[random.Next(0, 200)];
                random.NextBytes(bytes);
                if (bytes.Length > 12)
                    bytes.AsSpan(4, 8).Clear();
                if (bytes.Length > 12)
                    bytes[5] = bytes[7] = (byte)random.Next(3);
            }
            try
            {
                // What can be read can be written, without running over.
                DnsMessage.Parse(bytes).ToBytes();
            }
            catch (DnsFormatException)
            {
                refused++;
            }
            catch (ArgumentException e) when (e.Message.Contains("too small for a question", StringComparison.Ordinal))
            {
                // A message with thousands of questions, which no caller of ours would write.
            }
        }
        Assert.InRange(refused, 1000, 49_999);
    }

    [Fact]
    public void UpstreamAnswer_OfHostileBytes_ThrowsNothingButTheParsersErrorAndStaysInItsLimit()
    {
        var random = Seeded();
        var options = new DnsForwarderOptions();
        var reply = new byte[4096];
        var answered = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var message = RandomMessage(random);
            var bytes = message.ToBytes();
            if (bytes.Length > 4000)
                continue;
            bytes[2] |= 0x80;
            for (var flips = random.Next(0, 5); flips > 0; flips--)
                bytes[random.Next(12, bytes.Length)] = (byte)random.Next(256);
            try
            {
                if (UpstreamAnswer.Parse(bytes, message.Id, message.Questions[0], options) is not { } answer)
                    continue;
                answered++;
                var query = new DnsMessage { Id = 7, Questions = message.Questions, Edns = random.Next(2) == 0 ? new DnsEdns(1232) : null };
                var limit = random.Next(2) == 0 ? 512 : 4096;
                Assert.InRange(answer.Write(reply, limit, query, TimeSpan.FromSeconds(random.Next(100))), 12, limit);
            }
            catch (DnsFormatException)
            {
                // As it should.
            }
        }
        Assert.InRange(answered, 1000, 20_000);
    }

    [Theory]
    [InlineData("c00c")] // to itself
    [InlineData("0161c00c")] // a label, then back to it: "a.a.a..."
    [InlineData("c00e c00c")] // forward, and back
    [InlineData("0161c0ff")] // behind the end
    [InlineData("80")] // reserved label kind
    [InlineData("3f61")] // label longer than the message
    public void Name_WithPointerLoopOrReservedBits_IsRefused(string nameHex)
    {
        byte[] bytes = [.. new byte[] { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, .. Convert.FromHexString(nameHex.Replace(" ", "")), 0, 1, 0, 1];
        Assert.Throws<DnsFormatException>(() => DnsMessage.Parse(bytes));
    }

    [Fact]
    public void Name_LongerThan255BytesThroughPointers_IsRefused()
    {
        // Sixty-three bytes of label, five times, each pointing to the one before: more than a name may have.
        List<byte> bytes = [0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0];
        var previous = -1;
        for (var i = 0; i < 5; i++)
        {
            var at = bytes.Count;
            bytes.Add(63);
            bytes.AddRange(Enumerable.Repeat((byte)'a', 63));
            if (previous < 0)
                bytes.Add(0);
            else
                bytes.AddRange([(byte)(0xC0 | (previous >> 8)), (byte)previous]);
            bytes.AddRange([0, 1, 0, 1]);
            previous = at;
        }
        Assert.Throws<DnsFormatException>(() => DnsMessage.Parse([.. bytes]));
    }

    [Fact]
    public void Write_OfRepeatedNames_PointsToTheQuestion()
    {
        var name = DnsName.Parse("Web.default.svc.cluster.local");
        var lower = DnsName.Parse("web.default.svc.cluster.local");
        var message = new DnsMessage
        {
            IsResponse = true,
            Questions = [new DnsQuestion(name, DnsType.A)],
            Answers = [DnsRecord.Address(lower, 5, IPAddress.Parse("10.96.0.1")), DnsRecord.Address(lower, 5, IPAddress.Parse("10.96.0.2"))],
        };
        var bytes = message.ToBytes();
        Assert.Equal(12 + name.Wire.Length + 4 + (2 * 16), bytes.Length);
        // The reader sees the question's case, which resolvers that randomise it check.
        Assert.Equal("Web.default.svc.cluster.local", DnsMessage.Parse(bytes).Answers[1].Name.ToString());
    }

    [Fact]
    public void Write_OverTheLimit_KeepsWholeRecordsAndSaysTruncated()
    {
        var name = DnsName.Parse("many.default.svc.cluster.local");
        var message = new DnsMessage
        {
            IsResponse = true,
            Questions = [new DnsQuestion(name, DnsType.A)],
            Answers = [.. Enumerable.Range(0, 100).Select(i => DnsRecord.Address(name, 5, new IPAddress([10, 0, 0, (byte)i])))],
            Edns = new DnsEdns(1232),
        };
        var read = DnsMessage.Parse(message.ToBytes(512));
        Assert.True(read.Truncated);
        Assert.NotNull(read.Edns);
        Assert.Equal(message.Answers.Take(read.Answers.Length), read.Answers);
        Assert.InRange(message.ToBytes(512).Length, 490, 512);
        Assert.False(DnsMessage.Parse(message.ToBytes()).Truncated);
    }

    [Fact]
    public void Name_ParsedAndPrinted_ComesBackAsItWas()
    {
        foreach (var text in new[] { ".", "a", "cluster.local", "_http._tcp.web.default.svc.cluster.local", @"a\.b.c", @"a\000\255.x", new string('a', 63) + ".b" })
            Assert.Equal(text, DnsName.Parse(text).ToString());
        Assert.Equal(DnsName.Parse("a.b"), DnsName.Parse("A.B."));
        Assert.Equal(DnsName.Parse("a.b").GetHashCode(), DnsName.Parse("A.B.").GetHashCode());
        Assert.Equal(1, DnsName.Parse("x.a.b").LabelsBelow(DnsName.Parse("A.b")));
        Assert.Equal(-1, DnsName.Parse("xa.b").LabelsBelow(DnsName.Parse("a.b")));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("..")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData(@"a\")]
    public void Name_ThatIsNone_IsRefused(string text) => Assert.Throws<DnsFormatException>(() => DnsName.Parse(text));

    [Fact]
    public void Name_At255BytesIsTaken_AndAt256Refused()
    {
        var label = new string('a', 49);
        var longest = string.Join('.', Enumerable.Repeat(label, 5)) + ".abc"; // 5 * 50 + 4 + 1
        Assert.Equal(255, DnsName.Parse(longest).Wire.Length);
        Assert.Throws<DnsFormatException>(() => DnsName.Parse(longest + "d"));
    }

    private Random Seeded()
    {
        var seed = Environment.GetEnvironmentVariable("TEST_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        output.WriteLine($"TEST_SEED={seed}");
        return new Random(seed);
    }

    private static DnsMessage RandomMessage(Random random)
    {
        var names = Enumerable.Range(0, 4).Select(_ => RandomName(random)).ToArray();
        DnsName Pick() => names[random.Next(names.Length)];
        DnsRecord Record()
        {
            DnsType[] types = [DnsType.A, DnsType.AAAA, DnsType.CNAME, DnsType.NS, DnsType.PTR, DnsType.SRV, DnsType.SOA, DnsType.TXT, (DnsType)99];
            var type = types[random.Next(types.Length)];
            return new DnsRecord(Pick(), type, (uint)random.Next(), type switch
            {
                DnsType.A => new AddressData(new IPAddress(RandomBytes(random, 4))),
                DnsType.AAAA => new AddressData(new IPAddress(RandomBytes(random, 16))),
                DnsType.CNAME or DnsType.NS or DnsType.PTR => new NameData(Pick()),
                DnsType.SRV => new SrvData((ushort)random.Next(65536), 5, (ushort)random.Next(65536), Pick()),
                DnsType.SOA => new SoaData(Pick(), Pick(), (uint)random.Next(), 1, 2, 3, 4),
                DnsType.TXT => new TxtData([.. Enumerable.Range(0, random.Next(3)).Select(_ => new string('x', random.Next(256)))]),
                _ => new OpaqueData([.. RandomBytes(random, random.Next(40))]),
            });
        }
        ImmutableArray<DnsRecord> Records() => [.. Enumerable.Range(0, random.Next(8)).Select(_ => Record())];
        var edns = random.Next(2) == 0 ? new DnsEdns((ushort)random.Next(65536), random.Next(2) == 0) : (DnsEdns?)null;
        return new DnsMessage
        {
            Id = (ushort)random.Next(65536),
            IsResponse = random.Next(2) == 0,
            Authoritative = random.Next(2) == 0,
            RecursionDesired = random.Next(2) == 0,
            RecursionAvailable = random.Next(2) == 0,
            Opcode = (byte)random.Next(6),
            Rcode = edns is null ? (DnsRcode)random.Next(6) : (DnsRcode)random.Next(4096),
            Questions = [new DnsQuestion(Pick(), DnsType.A)],
            Answers = Records(),
            Authorities = Records(),
            Additionals = Records(),
            Edns = edns,
        };
    }

    private static DnsName RandomName(Random random)
    {
        var name = random.Next(3) == 0 ? DnsName.Root : DnsName.Parse("svc.cluster.local");
        for (var labels = random.Next(4); labels > 0; labels--)
            name = name.Prepend(new string((char)('a' + random.Next(3)), random.Next(1, 40)));
        return name;
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
