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
    // As many versions of one kind as are served at a time, as a rule.
    private const int AlternatesMax = 3;

    // Kind, group and version are at most 63, 253 and 63 bytes long.
    private const int CustomHeadMax = 512;

    private readonly int _spliceAt;
    private readonly int _spliceLength;
    private IApiObject? _value;
    private WeakReference<IApiObject>? _customValue;
    private CachedObject[] _alternates = [];
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

    public IApiObject Value => _value ?? (Kind.IsCustom ? CustomValue() : _value = Kind.ReadJson(Json.Span, null));

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
        if (_spliceLength == 0)
        {
            var value = Value.WithMetadata(Value.Metadata with { ResourceVersion = revision.ToString() });
            return new CachedObject(Kind, Key, revision, ApiJson.Serialize(value), 0, 0) { _value = Kind.IsCustom ? null : value };
        }

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
        if (Alternate(other) is { } known)
            return known;
        var converted = convert(Value);
        return Remember(other, ApiJson.Serialize(converted), converted);
    }

    /// <summary>Forgets all that can be made again from the text.</summary>
    internal void Release()
    {
        _value = null;
        _customValue = null;
        _proto = null;
        _alternates = [];
    }

    /// <summary>The object under another kind, where it was shown so before.</summary>
    public CachedObject? Alternate(KindInfo other)
    {
        foreach (var known in _alternates)
        {
            if (known.Kind == other)
                return known;
        }

        return null;
    }

    /// <summary>Keeps how the object looks under another kind.</summary>
    /// <param name="json">Null: as under its own.</param>
    public CachedObject Remember(KindInfo other, byte[]? json, IApiObject? value)
    {
        var alternate = new CachedObject(other, Key, Revision, json ?? Json, json is null ? _spliceAt : 0, json is null ? _spliceLength : 0);
        if (!other.IsCustom)
            alternate._value = value;
        // A race loses one of the two, which is made again when it is asked for.
        _alternates = [alternate, .. _alternates.Take(AlternatesMax - 1)];
        return alternate;
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

    // Trees of custom resources are many times as large as their text: they live as long as somebody uses them.
    private IApiObject CustomValue()
    {
        if (_customValue is { } weak && weak.TryGetTarget(out var known))
            return known;
        var value = Kind.ReadJson(Json.Span, null);
        _customValue = new WeakReference<IApiObject>(value);
        return value;
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

        // Custom resources may be stored in another version than the one they are stored in now.
        if (kind.IsCustom && stored[..Math.Min(stored.Length, CustomHeadMax)].IndexOf(marker) is >= 0 and var at)
            return at + marker.Length;
        throw new InvalidDataException($"a stored {kind} does not begin with its kind and metadata: {Encoding.UTF8.GetString(stored[..Math.Min(stored.Length, 80)])}");
    }
}
