namespace Berth.ApiServer.Registry;

/// <summary>Makes uids and the random ends of generated names. A seeded source makes a run repeatable. Safe for concurrent use.</summary>
public sealed class Identifiers(Random random)
{
    // Without vowels and without 0, 1 and 3: no words, nothing to misread.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;

    // A name has at most 63 characters where it becomes a label or a host name.
    private const int BaseLengthMax = 63 - SuffixLength;

    private readonly Lock _lock = new();

    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_lock)
            random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    public string NewName(string generateName)
    {
        Span<char> suffix = stackalloc char[SuffixLength];
        lock (_lock)
            random.GetItems(Alphabet, suffix);
        return string.Concat(generateName.AsSpan(0, Math.Min(generateName.Length, BaseLengthMax)), suffix);
    }
}
