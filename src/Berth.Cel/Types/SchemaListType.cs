namespace Berth.Cel.Types;

/// <summary>A list that a schema calls a set, or a map by keys of its items: order does not count, and <c>+</c> merges.</summary>
/// <param name="keys">Fields of the items that tell them apart; empty for sets.</param>
public sealed class SchemaListType(CelType item, IReadOnlyList<string> keys) : CelType(CelKind.List, "list", item)
{
    public IReadOnlyList<string> Keys => keys;
}
