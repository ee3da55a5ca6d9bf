namespace Berth.ApiServer.OpenApi;

/// <summary>How a JSON value becomes a field of a gnostic message.</summary>
internal enum GnosticForm
{
    Text,
    Flag,
    Integer,
    Number,
    Texts,

    /// <summary>A message.</summary>
    Nested,

    NestedList,

    /// <summary>A message with one field, number 1, that holds the message.</summary>
    Wrapped,

    /// <summary>A message with one repeated string, number 1, from a string or a list.</summary>
    TextsWrapped,

    /// <summary>Any JSON, as text in a message of its own.</summary>
    Any,

    AnyList,

    /// <summary>OpenAPI 3's DefaultType: a number, a boolean or a string; other values have no place.</summary>
    Default,
}

internal sealed record GnosticField(string Json, int Number, GnosticForm Form = GnosticForm.Text, GnosticMessage? Message = null);

/// <param name="When">Which values take this branch.</param>
internal sealed record GnosticChoice(Func<System.Text.Json.Nodes.JsonNode?, bool> When, int Number, GnosticMessage? Message);

/// <summary>
/// Shape of one message of gnostic's OpenAPI protocol buffers, which clients of Kubernetes read OpenAPI documents in. Field
/// numbers are those of <c>OpenAPIv2.proto</c> and <c>OpenAPIv3.proto</c>.
/// </summary>
internal sealed class GnosticMessage
{
    public List<GnosticField> Fields { get; } = [];

    /// <summary>Number of the list that takes members whose name begins with <c>x-</c>; 0 when there is none.</summary>
    public int Extensions { get; init; }

    /// <summary>Number of the list that takes all other members, as pairs of name and value; 0 when there is none.</summary>
    public int Entries { get; init; }

    public GnosticMessage? EntryMessage { get; set; }

    /// <summary>Not empty for a <c>oneof</c>: the first branch that fits is taken.</summary>
    public List<GnosticChoice> Choices { get; } = [];
}
