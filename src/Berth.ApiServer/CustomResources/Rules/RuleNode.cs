using Berth.Cel.Types;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>A schema's rules and those below it, compiled. Immutable.</summary>
internal sealed class RuleNode
{
    private RuleNode(StructuralSchema schema, CelType type, string name)
    {
        Schema = schema;
        Type = type;
        Rules = [.. schema.Rules.Where(r => r.Rule.Trim().Length > 0).Select(r => new CompiledRule(r, type))];
        Properties = schema.Properties
            .Select(p => (p.Key, Node: Of(p.Value, $"{name}.{p.Key}", p.Value.IsEmbedded)))
            .Where(p => p.Node is not null)
            .ToDictionary(p => p.Key, p => p.Node!, StringComparer.Ordinal);
        Additional = schema.Additional is { } additional ? Of(additional, name + ".@elem", additional.IsEmbedded) : null;
        Items = schema.Items is { } items ? Of(items, name + ".@idx", items.IsEmbedded) : null;
    }

    public StructuralSchema Schema { get; }

    public CelType Type { get; }

    public IReadOnlyList<CompiledRule> Rules { get; }

    public IReadOnlyDictionary<string, RuleNode> Properties { get; }

    public RuleNode? Additional { get; }

    public RuleNode? Items { get; }

    /// <summary>Null when there are no rules, here and below, or their values are not known to expressions.</summary>
    public static RuleNode? Of(StructuralSchema schema, string name = "self", bool isResource = true) =>
        schema.HasRules && SchemaTypes.Of(schema, name, isResource) is { } type ? new RuleNode(schema, type, name) : null;
}
