using Microsoft.CodeAnalysis;

namespace Berth.Api.Generators;

/// <summary>What the generator knows of one wire field.</summary>
internal sealed class FieldModel
{
    private FieldModel(IPropertySymbol property, AttributeData field)
    {
        Property = property.Name;
        // The underscore keeps locals clear of keywords and of the codec's own names.
        Local = char.ToLowerInvariant(property.Name[0]) + property.Name.Substring(1) + "_";
        Number = (int)field.ConstructorArguments[0].Value!;
        Json = char.ToLowerInvariant(property.Name[0]) + property.Name.Substring(1);
        foreach (var argument in field.NamedArguments)
        {
            switch (argument.Key)
            {
                case "Json":
                    Json = (string)argument.Value.Value!;
                    break;
                case "In":
                    In = argument.Value.Values.Select(v => (int)v.Value!).ToArray();
                    break;
                case "Always":
                    Always = (bool)argument.Value.Value!;
                    break;
                case "Required":
                    Required = (bool)argument.Value.Value!;
                    break;
            }
        }

        Type = TypeModel.Of(property.Type);
        foreach (var attribute in property.GetAttributes())
        {
            switch (attribute.AttributeClass?.Name)
            {
                case "DefaultAttribute":
                    DefaultJson = (string)attribute.ConstructorArguments[0].Value!;
                    break;
                case "ListMapAttribute":
                    ListKeys = attribute.ConstructorArguments[0].Values.Select(v => (string)v.Value!).ToArray();
                    break;
                case "ListSetAttribute":
                    ListSet = true;
                    break;
                case "AtomicAttribute":
                    Atomic = true;
                    break;
                case "PatchStrategyAttribute":
                    PatchStrategy = (string)attribute.ConstructorArguments[0].Value!;
                    MergeKey = (string?)attribute.ConstructorArguments[1].Value;
                    break;
            }
        }
    }

    public string Property { get; }

    public string Local { get; }

    public string Json { get; }

    public int Number { get; }

    public int[] In { get; } = [];

    public bool Always { get; }

    public bool Required { get; }

    public TypeModel Type { get; }

    public string? DefaultJson { get; }

    public string[]? ListKeys { get; }

    public bool ListSet { get; }

    public bool Atomic { get; }

    public string? PatchStrategy { get; }

    public string? MergeKey { get; }

    /// <summary>Path of protobuf numbers, outermost first.</summary>
    public IEnumerable<int> Path => In.Concat([Number]);

    /// <summary>All wire fields of a type, in the order of their protobuf paths.</summary>
    public static List<FieldModel> Of(INamedTypeSymbol type)
    {
        var fields = new List<FieldModel>();
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            var field = property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "FieldAttribute");
            if (field is not null)
                fields.Add(new FieldModel(property, field));
        }

        fields.Sort((a, b) =>
        {
            var left = a.Path.ToArray();
            var right = b.Path.ToArray();
            for (var i = 0; i < left.Length && i < right.Length; i++)
            {
                if (left[i] != right[i])
                    return left[i].CompareTo(right[i]);
            }

            return left.Length.CompareTo(right.Length);
        });
        return fields;
    }
}
