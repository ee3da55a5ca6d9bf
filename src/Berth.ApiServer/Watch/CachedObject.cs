using System.Buffers.Text;
using System.Text;
using Berth.Api;
using Berth.Api.Schema;
using Berth.Store;

namespace Berth.ApiServer.Watch;

/// <summary>
/// One version of one object, as it is listed and watched: the stored JSON with the store's revision put in as
/// <c>metadata.resourceVersion</c>, and the typed form, decoded once when somebody asks for it. Immutable.
/// </summary>
public sealed class CachedObject
{
    private readonly int _spliceAt;
    private readonly int _spliceLength;
    private IApiObject? _value;
    private CachedObject? _alternate;
    private byte[]? _proto;

    private CachedObject(KindInfo kind, ObjectKey key, Revision revision, ReadOnlyMemory<byte> json, int spliceAt, int spliceLength)
    {
        Kind = kind;
        Key = key;
        Revision = revision;
        Json = json;
        _spliceAt = spliceAt;
        _spliceLength = spliceLength;
    }

    public KindInfo Kind { get; }

    public ObjectKey Key { get; }

    /// <summary>Of the write that made this version; for a deleted object, of its delete.</summary>
    public Revision Revision { get; }

    /// <summary>As clients get it.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public IApiObject Value => _value ??= Kind.ReadJson(Json.Span, null);

    /// <summary>Puts a revision into stored JSON, which has no resourceVersion.</summary>
    /// <param name="value">The typed form, with its resourceVersion, where it is at hand.</param>
    public static CachedObject FromStored(KindInfo kind, ObjectKey key, Revision revision, ReadOnlySpan<byte> stored, IApiObject? value = null)
    {
        var at = SpliceOffset(kind, stored);
        Span<byte> field = stackalloc byte[48];
        var length = Field(revision, field);
        var json = new byte[stored.Length + length];
        stored[..at].CopyTo(json);
        field[..length].CopyTo(json.AsSpan(at));
        stored[at..].CopyTo(json.AsSpan(at + length));
        return new CachedObject(kind, key, revision, json, at, length) { _value = value };
    }

    /// <summary>An object that is not stored (the outcome of a dry run): it has no revision.</summary>
    public static CachedObject Detached(KindInfo kind, ObjectKey key, ReadOnlyMemory<byte> json, IApiObject value) =>
        new(kind, key, Revision.None, json, 0, 0) { _value = value };

    /// <summary>The same content under another revision: what a watcher sees when an object leaves its selection or is deleted.</summary>
    public CachedObject At(Revision revision)
    {
        var span = Json.Span;
        Span<byte> field = stackalloc byte[48];
        var length = Field(revision, field);
        var json = new byte[span.Length - _spliceLength + length];
        span[.._spliceAt].CopyTo(json);
        field[..length].CopyTo(json.AsSpan(_spliceAt));
        span[(_spliceAt + _spliceLength)..].CopyTo(json.AsSpan(_spliceAt + length));
        return new CachedObject(Kind, Key, revision, json, _spliceAt, length);
    }

    /// <summary>True when what is stored of this version is exactly these bytes.</summary>
    public bool HasStored(ReadOnlySpan<byte> stored)
    {
        var span = Json.Span;
        return span.Length - _spliceLength == stored.Length
            && span[.._spliceAt].SequenceEqual(stored[.._spliceAt])
            && span[(_spliceAt + _spliceLength)..].SequenceEqual(stored[_spliceAt..]);
    }

    /// <summary>The object under another kind (events of the two event groups), converted at first use.</summary>
    public CachedObject As(KindInfo other, Func<IApiObject, IApiObject> convert)
    {
        if (_alternate is { } known && known.Kind == other)
            return known;
        var converted = convert(Value);
        var json = ApiJson.Serialize(converted);
        return _alternate = new CachedObject(other, Key, Revision, json, 0, 0) { _value = converted };
    }

    /// <summary>The bare protobuf message, transcoded at first use and kept: protobuf readers come in numbers or not at all.</summary>
    public ReadOnlyMemory<byte> Proto
    {
        get
        {
            if (_proto is { } known)
                return known;
            var writer = new Berth.Api.Proto.ProtoWriter(Json.Length);
            try
            {
                Value.WriteProto(ref writer);
                return _proto = writer.Written.ToArray();
            }
            finally
            {
                writer.Dispose();
            }
        }
    }

    private static int Field(Revision revision, Span<byte> field)
    {
        "\"resourceVersion\":\""u8.CopyTo(field);
        Utf8Formatter.TryFormat(revision.Value, field[19..], out var digits);
        "\","u8.CopyTo(field[(19 + digits)..]);
        return 19 + digits + 2;
    }

    // The codecs write kind, apiVersion and metadata first, so the place is the same for all objects of a kind.
    private static int SpliceOffset(KindInfo kind, ReadOnlySpan<byte> stored)
    {
        var marker = "\"metadata\":{"u8;
        var expected = "{\"kind\":\"\",\"apiVersion\":\"\","u8.Length + Encoding.UTF8.GetByteCount(kind.Kind) + Encoding.UTF8.GetByteCount(kind.ApiVersion);
        if (stored.Length > expected && stored[expected..].StartsWith(marker))
            return expected + marker.Length;
        throw new InvalidDataException($"a stored {kind} does not begin with its kind and metadata: {Encoding.UTF8.GetString(stored[..Math.Min(stored.Length, 80)])}");
    }
}
