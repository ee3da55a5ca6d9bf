using System.Text.Json.Nodes;
using Berth.Api.Schema;

namespace Berth.ApiServer.Patch;

/// <summary>
/// What strategic merge patch knows about the value at one place: a struct's schema, a map's element, or nothing, for JSON
/// of any shape, whose objects merge and whose lists are replaced.
/// </summary>
internal readonly record struct PatchShape(MessageSchema? Message, ValueSchema? MapElement)
{
    public static PatchShape Of(ValueSchema? value) => value?.Kind switch
    {
        ValueKind.Message => new PatchShape(value.Message, null),
        ValueKind.Map => new PatchShape(null, value.Element),
        _ => default,
    };

    /// <exception cref="PatchException">The struct has no such field.</exception>
    public PatchField Field(string name)
    {
        if (Message is null)
            return new PatchField(MapElement, "", null);
        var field = Message.Field(name)
            ?? throw PatchException.Malformed($"unable to find api field in struct {Message.Name[(Message.Name.LastIndexOf('.') + 1)..]} for the json field \"{name}\"");
        var strategy = (field.PatchStrategy ?? "").Split(',').FirstOrDefault(s => s.Length > 0 && s != "retainKeys") ?? "";
        return new PatchField(field.Value, strategy, field.MergeKey);
    }
}

/// <param name="Strategy"><c>merge</c>, <c>replace</c> or empty.</param>
internal readonly record struct PatchField(ValueSchema? Value, string Strategy, string? MergeKey)
{
    public PatchShape Shape => PatchShape.Of(Value);

    public PatchShape ItemShape => PatchShape.Of(Value?.Element);
}
