using System.Text;

namespace Berth.Api;

/// <summary>Immutable bytes with value equality; base64 in JSON.</summary>
public sealed class ByteString(byte[] bytes) : IEquatable<ByteString>
{
    private readonly byte[] _bytes = bytes;

    public static ByteString Empty { get; } = new([]);

    public int Length => _bytes.Length;

    public bool IsEmpty => _bytes.Length == 0;

    public ReadOnlySpan<byte> Span => _bytes;

    public ReadOnlyMemory<byte> Memory => _bytes;

    public static ByteString FromUtf8(string text) => new(Encoding.UTF8.GetBytes(text));

    public string ToUtf8() => Encoding.UTF8.GetString(_bytes);

    public bool Equals(ByteString? other) => other is not null && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as ByteString);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Only the length: the bytes may be a Secret's.</summary>
    public override string ToString() => $"{Length} bytes";
}
