using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Api.Generators;

/// <summary>
/// From the description of an API type (a partial record whose properties carry <c>[Field]</c>) to its JSON codec, its
/// protobuf codec and its schema; from all kinds together to the catalogue.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ApiTypeGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var types = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is RecordDeclarationSyntax record && HasFields(record),
                static (syntax, cancel) => Generate(syntax, cancel))
            .Where(static file => file is not null);
        context.RegisterSourceOutput(types, static (output, file) => output.AddSource(file!.Hint, file.Source));

        var kinds = types.Where(static file => file!.KindName is not null).Select(static (file, _) => file!.KindName!).Collect();
        context.RegisterSourceOutput(kinds, static (output, names) => output.AddSource("ApiCatalog.g.cs", Catalog(names)));

        var words = types.Where(static file => file!.Words is not null).Select(static (file, _) => (file!.Definition, file.Words!)).Collect();
        context.RegisterSourceOutput(words, static (output, all) => output.AddSource("ApiDescriptions.g.cs", Descriptions(all)));
    }

    private static bool HasFields(RecordDeclarationSyntax record) =>
        record.Members.OfType<PropertyDeclarationSyntax>().Any(p => p.AttributeLists.Any(l => l.Attributes.Any(a => a.Name.ToString() == "Field")))
        || record.AttributeLists.Any(l => l.Attributes.Any(a => a.Name.ToString() == "Kind"));

    private static GeneratedFile? Generate(GeneratorSyntaxContext syntax, CancellationToken cancel)
    {
        if (syntax.SemanticModel.GetDeclaredSymbol(syntax.Node, cancel) is not INamedTypeSymbol type)
            return null;
        var writer = new TypeWriter(type);
        var full = type.ToDisplayString();
        return new GeneratedFile(
            $"{full}.g.cs", writer.Write(), writer.IsKind ? full : null,
            SchemaWriter.DefinitionName(type), DocumentationText.Of((RecordDeclarationSyntax)syntax.Node, writer.Fields));
    }

    /// <summary>Texts as UTF-8 data of the assembly: nothing of them is on the heap, and nothing in memory until somebody asks.</summary>
    private static string Descriptions(ImmutableArray<(string Definition, string Words)> all)
    {
        var text = new StringBuilder();
        text.Append("#nullable enable\nnamespace Berth.Api.Schema;\n\npublic static partial class ApiDescriptions\n{\n");
        text.Append("    private static partial System.ReadOnlySpan<byte> Lines(string definition) => definition switch\n    {\n");
        foreach (var (definition, words) in all.OrderBy(w => w.Definition, System.StringComparer.Ordinal))
            text.Append("        \"").Append(definition).Append("\" => ").Append(SymbolDisplay.FormatLiteral(words, quote: true)).Append("u8,\n");
        return text.Append("        _ => default,\n    };\n}\n").ToString();
    }

    private static string Catalog(ImmutableArray<string> kinds)
    {
        var text = new StringBuilder();
        text.Append("#nullable enable\nnamespace Berth.Api;\n\npublic static partial class ApiCatalog\n{\n    private static global::Berth.Api.Schema.KindInfo[] Generated() =>\n    [\n");
        foreach (var kind in kinds.OrderBy(k => k, System.StringComparer.Ordinal))
            text.Append("        global::").Append(kind).Append(".Kind,\n");
        return text.Append("    ];\n}\n").ToString();
    }

    /// <summary>Compared by content, so that an unchanged type costs nothing downstream.</summary>
    private sealed class GeneratedFile(string hint, string source, string? kindName, string definition, string? words) : System.IEquatable<GeneratedFile>
    {
        public string Definition { get; } = definition;

        /// <summary>Null when nothing is said of the type and its fields.</summary>
        public string? Words { get; } = words;

        public string Hint { get; } = hint;

        public string Source { get; } = source;

        public string? KindName { get; } = kindName;

        public bool Equals(GeneratedFile? other) => other is not null && Hint == other.Hint && Source == other.Source && KindName == other.KindName && Words == other.Words;

        public override bool Equals(object? obj) => Equals(obj as GeneratedFile);

        public override int GetHashCode() => Source.GetHashCode();
    }
}
