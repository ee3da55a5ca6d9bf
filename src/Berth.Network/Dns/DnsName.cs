using System.Text;

namespace Berth.Network.Dns;

/// <summary>
/// A fully qualified domain name in wire form (length-prefixed labels and the root's zero byte), at most 255 bytes.
/// Keeps the case it was given, because answers must repeat the question's case; compares without it (RFC 4343).
/// </summary>
public sealed class DnsName : IEquatable<DnsName>
{
    public const int LengthMax = 255;
    public const int LabelLengthMax = 63;

    public static readonly DnsName Root = new([0]);

    private readonly byte[] _wire;
    private readonly int _hash;

    private DnsName(byte[] wire)
    {
        _wire = wire;
        // FNV-1a over lower-cased bytes. Names come from the network, but only into bounded tables, so a keyed hash is not needed.
        var hash = 2166136261u;
        foreach (var b in wire)
            hash = (hash ^ ToLower(b)) * 16777619u;
        _hash = (int)hash;
    }

    public ReadOnlySpan<byte> Wire => _wire;

    public bool IsRoot => _wire.Length == 1;

    public int LabelCount
    {
        get
        {
            var count = 0;
            for (var i = 0; _wire[i] != 0; i += _wire[i] + 1)
                count++;
            return count;
        }
    }

    /// <summary>Takes a copy of a valid, uncompressed wire name.</summary>
    internal static DnsName FromWire(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new DnsName(wire.ToArray());

    /// <summary>Reads text such as <c>web.default.svc.cluster.local</c>; a trailing dot changes nothing; <c>\.</c> and <c>\DDD</c> escape.</summary>
    /// <exception cref="DnsFormatException">An empty label, a label over 63 bytes or a name over 255.</exception>
    public static DnsName Parse(string text)
    {
        if (text is "" or ".")
            return Root;
        Span<byte> wire = stackalloc byte[LengthMax];
        var at = 1;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                EndLabel(wire, start, at, text);
                start = at++;
                continue;
            }
            if (c == '\\')
                c = ReadEscape(text, ref i);
            if (c > 0xFF || at >= LengthMax)
                throw new DnsFormatException($"not a domain name: \"{text}\"");
            wire[at++] = (byte)c;
        }
        // A trailing dot has already opened the root label.
        if (at - start > 1)
        {
            EndLabel(wire, start, at, text);
            start = at++;
        }
        if (at > LengthMax)
            throw new DnsFormatException($"domain name over {LengthMax} bytes: \"{text}\"");
        wire[start] = 0;
        return new DnsName(wire[..(start + 1)].ToArray());
    }

    private static void EndLabel(Span<byte> wire, int start, int at, string text)
    {
        var length = at - start - 1;
        if (length is < 1 or > LabelLengthMax || at >= LengthMax)
            throw new DnsFormatException($"not a domain name (labels have 1 to {LabelLengthMax} bytes, the name at most {LengthMax}): \"{text}\"");
        wire[start] = (byte)length;
    }

    private static char ReadEscape(string text, ref int i)
    {
        if (i + 3 < text.Length && int.TryParse(text.AsSpan(i + 1, 3), System.Globalization.NumberStyles.None, null, out var code) && code <= 255)
        {
            i += 3;
            return (char)code;
        }
        if (i + 1 >= text.Length)
            throw new DnsFormatException($"not a domain name (it ends in a backslash): \"{text}\"");
        return text[++i];
    }

    /// <summary>This name with one or more labels put before it.</summary>
    /// <exception cref="DnsFormatException">The result would be longer than 255 bytes.</exception>
    public DnsName Prepend(params ReadOnlySpan<string> labels)
    {
        Span<byte> wire = stackalloc byte[LengthMax];
        var at = 0;
        foreach (var label in labels)
        {
            if (label.Length is < 1 or > LabelLengthMax || at + 1 + label.Length + _wire.Length > LengthMax)
                throw new DnsFormatException($"\"{label}\" before \"{this}\" is no domain name");
            wire[at++] = (byte)label.Length;
            at += Encoding.Latin1.GetBytes(label, wire[at..]);
        }
        _wire.CopyTo(wire[at..]);
        return new DnsName(wire[..(at + _wire.Length)].ToArray());
    }

    /// <summary>Number of labels that stand before <paramref name="zone"/>, or -1 where this name is not in the zone.</summary>
    public int LabelsBelow(DnsName zone)
    {
        var skip = _wire.Length - zone._wire.Length;
        if (skip < 0)
            return -1;
        var labels = 0;
        var at = 0;
        for (; at < skip; at += _wire[at] + 1)
            labels++;
        return at == skip && EqualsIgnoreCase(_wire.AsSpan(skip), zone._wire) ? labels : -1;
    }

    /// <summary>The label at <paramref name="index"/> from the left, lower-cased.</summary>
    public string Label(int index)
    {
        var at = 0;
        for (; index > 0; index--)
            at += _wire[at] + 1;
        var length = _wire[at];
        return string.Create(length, (_wire, at + 1), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = (char)ToLower(state._wire[state.Item2 + i]);
        });
    }

    public bool Equals(DnsName? other) => other is not null && _hash == other._hash && EqualsIgnoreCase(_wire, other._wire);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode() => _hash;

    /// <summary>Text without the trailing dot ("." for the root); unusual bytes escaped, so that <see cref="Parse"/> gives the name back.</summary>
    public override string ToString()
    {
        if (IsRoot)
            return ".";
        var text = new StringBuilder(_wire.Length);
        for (var at = 0; _wire[at] != 0; at += _wire[at] + 1)
        {
            if (at > 0)
                text.Append('.');
            foreach (var b in _wire.AsSpan(at + 1, _wire[at]))
            {
                if (b is (byte)'.' or (byte)'\\')
                    text.Append('\\').Append((char)b);
                else if (b is > 0x20 and < 0x7F)
                    text.Append((char)b);
                else
                    text.Append('\\').Append(b.ToString("D3", null));
            }
        }
        return text.ToString();
    }

    internal static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    // Length bytes are at most 63, below 'A', so lower-casing leaves them alone.
    internal static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && ToLower(left[i]) != ToLower(right[i]))
                return false;
        }
        return true;
    }
}
