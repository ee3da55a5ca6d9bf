using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>
/// One step of a field's path: a field (<c>f:name</c>), a list item by its keys (<c>k:{"name":"x"}</c>), an item of a set
/// by its value (<c>v:"x"</c>), or an item by its index (<c>i:0</c>). Sorted in that order of kinds.
/// </summary>
internal sealed class PathElement : IComparable<PathElement>, IEquatable<PathElement>
{
    private readonly Form _form;
    private readonly string _name;
    private readonly KeyValuePair<string, FieldValue>[] _keys;
    private readonly FieldValue _value;
    private readonly int _index;
    private string? _serialized;

    private PathElement(Form form, string name = "", KeyValuePair<string, FieldValue>[]? keys = null, FieldValue value = default, int index = 0)
    {
        _form = form;
        _name = name;
        _keys = keys ?? [];
        _value = value;
        _index = index;
    }

    private enum Form
    {
        Field,
        Key,
        Value,
        Index,
    }

    /// <summary>Name of the field; null for the other forms.</summary>
    public string? FieldName => _form == Form.Field ? _name : null;

    public bool IsKey => _form == Form.Key;

    public static PathElement Field(string name) => new(Form.Field, name: name);

    public static PathElement Key(IEnumerable<KeyValuePair<string, FieldValue>> keys) =>
        new(Form.Key, keys: [.. keys.OrderBy(k => k.Key, StringComparer.Ordinal)]);

    public static PathElement Item(FieldValue value) => new(Form.Value, value: value);

    public static PathElement At(int index) => new(Form.Index, index: index);

    /// <summary>Reads the wire form; null when its kind is one that a later version may know.</summary>
    /// <exception cref="FormatException">The text is no path element.</exception>
    public static PathElement? Parse(string text)
    {
        if (text.Length < 2 || text[1] != ':')
            throw new FormatException($"not a path element: \"{text}\"");
        var rest = text[2..];
        try
        {
            switch (text[0])
            {
                case 'f':
                    return Field(rest);
                case 'v':
                    return Item(FieldValue.Of(JsonTree.Parse(rest)));
                case 'k':
                    return JsonTree.Parse(rest) is JsonObject map
                        ? Key(map.Select(m => KeyValuePair.Create(m.Key, FieldValue.Of(m.Value))))
                        : throw new FormatException($"not a list key: \"{text}\"");
                case 'i':
                    return At(int.Parse(rest, CultureInfo.InvariantCulture));
                default:
                    return null;
            }
        }
        catch (JsonException)
        {
            throw new FormatException($"not a path element: \"{text}\"");
        }
    }

    /// <summary>The wire form.</summary>
    public string Serialize() => _serialized ??= _form switch
    {
        Form.Field => "f:" + _name,
        Form.Index => "i:" + _index.ToString(CultureInfo.InvariantCulture),
        _ => (_form == Form.Key ? "k:" : "v:") + ValueText(),
    };

    public int CompareTo(PathElement? other)
    {
        if (other is null)
            return 1;
        if (_form != other._form)
            return _form.CompareTo(other._form);
        return _form switch
        {
            Form.Field => string.CompareOrdinal(_name, other._name),
            Form.Key => CompareKeys(_keys, other._keys),
            Form.Value => _value.CompareTo(other._value),
            _ => _index.CompareTo(other._index),
        };
    }

    public bool Equals(PathElement? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as PathElement);

    public override int GetHashCode() => _form switch
    {
        Form.Field => _name.GetHashCode(StringComparison.Ordinal),
        Form.Key => _keys.Aggregate(17, (hash, key) => HashCode.Combine(hash, key.Key, key.Value)),
        Form.Value => _value.GetHashCode(),
        _ => _index,
    };

    /// <summary>As conflicts show it: <c>.name</c>, <c>[name="x"]</c>, <c>[="x"]</c>, <c>[0]</c>.</summary>
    public override string ToString() => _form switch
    {
        Form.Field => "." + _name,
        Form.Key => $"[{string.Join(",", _keys.Select(k => $"{k.Key}={k.Value}"))}]",
        Form.Value => $"[={_value}]",
        _ => $"[{_index}]",
    };

    private static int CompareKeys(KeyValuePair<string, FieldValue>[] left, KeyValuePair<string, FieldValue>[] right)
    {
        for (var i = 0; i < left.Length && i < right.Length; i++)
        {
            var byName = string.CompareOrdinal(left[i].Key, right[i].Key);
            if (byName != 0)
                return byName;
            var byValue = left[i].Value.CompareTo(right[i].Value);
            if (byValue != 0)
                return byValue;
        }

        return left.Length.CompareTo(right.Length);
    }

    private string ValueText()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            if (_form == Form.Value)
            {
                _value.WriteTo(writer);
            }
            else
            {
                writer.WriteStartObject();
                foreach (var (name, value) in _keys)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }

                writer.WriteEndObject();
            }
        }

        // Kubernetes escapes these in values, so that JSON can stand in HTML.
        return new StringBuilder(Encoding.UTF8.GetString(buffer.ToArray())).Replace("<", "\\u003c").Replace(">", "\\u003e").Replace("&", "\\u0026").ToString();
    }
}
