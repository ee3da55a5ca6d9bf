using System.Text;
using System.Text.Json;

namespace Berth.Api.Json;

/// <summary>
/// Reader that the generated codecs share: a <see cref="Utf8JsonReader"/> that knows the path of what it reads, reports
/// unknown and repeated fields, and turns wrong types into errors with that path. Names match by case, as in Kubernetes.
/// </summary>
/// <param name="json">One whole JSON document in UTF-8.</param>
/// <param name="report">Where passed-over fields go; null when nobody asks.</param>
public ref struct JsonInput(ReadOnlySpan<byte> json, DecodeReport? report = null)
{
    // Kubernetes refuses JSON nested deeper than 10,000; no API type is deeper than a JSON schema, which stays below this.
    private const int DepthMax = 512;

    private readonly ReadOnlySpan<byte> _json = json;
    private readonly DecodeReport? _report = report;
    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = DepthMax });
    private PathSegment[]? _path;
    private int _depth;

    public readonly JsonTokenType TokenType => _reader.TokenType;

    /// <summary>Name of the field just entered with <see cref="NextField"/>.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Reads the document's first token.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public void Start()
    {
        if (!_reader.Read())
            throw new JsonFormatException("", "the document is empty");
    }

    /// <summary>Refuses anything but white space behind the value.</summary>
    public void End()
    {
        if (_reader.Read())
            throw new JsonFormatException("", "there is more behind the end of the document");
    }

    /// <summary>True when the current token opens an object; false for null.</summary>
    public readonly bool BeginObject() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw Expected("an object"),
    };

    /// <summary>Moves to the next field's value; false at the object's end.</summary>
    public bool NextField()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
            return false;
        Name = _reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(_reader.GetString()!) : _reader.ValueSpan;
        _reader.Read();
        return true;
    }

    /// <summary>True when the current token opens an array; false for null.</summary>
    public readonly bool BeginArray() => _reader.TokenType switch
    {
        JsonTokenType.StartArray => true,
        JsonTokenType.Null => false,
        _ => throw Expected("a list"),
    };

    /// <summary>Moves to the next item; false at the array's end.</summary>
    public bool NextItem()
    {
        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    public void Enter(string name) => Push(new PathSegment(name, -1));

    public void EnterItem(int index) => Push(new PathSegment(null, index));

    public void Leave() => _depth--;

    public readonly string ReadString() => _reader.TokenType switch
    {
        JsonTokenType.String => _reader.GetString()!,
        JsonTokenType.Null => "",
        _ => throw Expected("a string"),
    };

    public readonly bool ReadBoolean() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        _ => throw Expected("true or false"),
    };

    public readonly int ReadInt32()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return 0;
        if (_reader.TokenType != JsonTokenType.Number)
            throw Expected("an integer");
        return _reader.TryGetInt32(out var value) ? value : (int)Whole(int.MinValue, int.MaxValue, "a 32-bit integer");
    }

    public readonly long ReadInt64()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return 0;
        if (_reader.TokenType != JsonTokenType.Number)
            throw Expected("an integer");
        return _reader.TryGetInt64(out var value) ? value : (long)Whole(long.MinValue, long.MaxValue, "a 64-bit integer");
    }

    public readonly double ReadDouble() => _reader.TokenType switch
    {
        JsonTokenType.Number => _reader.GetDouble(),
        JsonTokenType.Null => 0,
        _ => throw Expected("a number"),
    };

    /// <summary>Bytes of a base64 string.</summary>
    public readonly ByteString ReadBytes()
    {
        if (_reader.TokenType == JsonTokenType.Null)
            return ByteString.Empty;
        if (_reader.TokenType != JsonTokenType.String)
            throw Expected("a base64 string");
        if (_reader.TryGetBytesFromBase64(out var bytes))
            return new ByteString(bytes);
        throw Fail("illegal base64 data");
    }

    /// <summary>The value as it stands, whatever its shape.</summary>
    public RawJson ReadRaw()
    {
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return new RawJson(_json[start..(int)_reader.BytesConsumed].ToArray());
    }

    /// <summary>Passes over the current value.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>Reports the current field as unknown and passes over its value.</summary>
    public void UnknownField()
    {
        _report?.UnknownField(PathOf(Encoding.UTF8.GetString(Name)));
        _reader.Skip();
    }

    public readonly void DuplicateField(string name) => _report?.DuplicateField(PathOf(name));

    /// <summary>An error about the current value.</summary>
    public readonly JsonFormatException Fail(string problem) => new(PathOf(null), problem);

    private readonly JsonFormatException Expected(string what) => Fail($"expected {what}, got {Describe()}");

    private readonly string Describe() => _reader.TokenType switch
    {
        JsonTokenType.String => $"the string \"{_reader.GetString()}\"",
        JsonTokenType.Number => $"the number {Encoding.UTF8.GetString(_reader.ValueSpan)}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        _ => "null",
    };

    // Numbers such as 3.0 and 1e3 are whole: some clients (YAML converters) write them so.
    private readonly decimal Whole(long min, long max, string what)
    {
        if (_reader.TryGetDecimal(out var value) && decimal.Truncate(value) == value && value >= min && value <= max)
            return value;
        throw Expected(what);
    }

    private void Push(PathSegment segment)
    {
        _path ??= new PathSegment[16];
        if (_depth == _path.Length)
            Array.Resize(ref _path, _path.Length * 2);
        _path[_depth++] = segment;
    }

    private readonly string PathOf(string? field)
    {
        var text = new StringBuilder();
        for (var i = 0; i < _depth; i++)
        {
            var segment = _path![i];
            if (segment.Name is null)
                text.Append('[').Append(segment.Index).Append(']');
            else
                text.Append(text.Length > 0 ? "." : "").Append(segment.Name);
        }

        if (field is not null)
            text.Append(text.Length > 0 ? "." : "").Append(field);
        return text.ToString();
    }

    private readonly record struct PathSegment(string? Name, int Index);
}
