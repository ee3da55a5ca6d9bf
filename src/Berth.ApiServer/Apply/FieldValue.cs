using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>
/// A value inside of a path: a list key or the item of a set. Ordered as in Kubernetes: numbers, strings, booleans, then
/// whatever else there may be, null last.
/// </summary>
internal readonly struct FieldValue : IComparable<FieldValue>, IEquatable<FieldValue>
{
    private readonly Rank _rank;
    private readonly double _number;
    private readonly string _text;

    private FieldValue(Rank rank, double number, string text)
    {
        _rank = rank;
        _number = number;
        _text = text;
    }

    private enum Rank
    {
        Number,
        String,
        Boolean,
        Other,
        Null,
    }

    public bool IsNull => _rank == Rank.Null;

    public static FieldValue Of(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => new FieldValue(Rank.Null, 0, "null"),
        JsonValueKind.Number => Number(node.ToJsonString()),
        JsonValueKind.String => new FieldValue(Rank.String, 0, node.GetValue<string>()),
        JsonValueKind.True => new FieldValue(Rank.Boolean, 1, "true"),
        JsonValueKind.False => new FieldValue(Rank.Boolean, 0, "false"),
        _ => new FieldValue(Rank.Other, 0, node.ToJsonString()),
    };

    public void WriteTo(Utf8JsonWriter writer)
    {
        if (_rank == Rank.String)
            writer.WriteStringValue(_text);
        else
            writer.WriteRawValue(_text);
    }

    public int CompareTo(FieldValue other)
    {
        if (_rank != other._rank)
            return _rank.CompareTo(other._rank);
        return _rank is Rank.Number or Rank.Boolean ? _number.CompareTo(other._number) : string.CompareOrdinal(_text, other._text);
    }

    public bool Equals(FieldValue other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    public override int GetHashCode() => _rank is Rank.Number or Rank.Boolean ? _number.GetHashCode() : _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>As error messages show it: strings in quotes.</summary>
    public override string ToString() => _rank == Rank.String ? System.Text.Encoding.UTF8.GetString(JsonTree.ToBytes(JsonValue.Create(_text))) : _text;

    private static FieldValue Number(string text) => new(Rank.Number, double.Parse(text, CultureInfo.InvariantCulture), text);
}
