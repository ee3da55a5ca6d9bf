using Berth.Cel.Checking;
using Berth.Cel.Evaluation;
using Berth.Cel.Functions;
using Berth.Cel.Kubernetes;
using Berth.Cel.Syntax;
using Berth.Cel.Types;

namespace Berth.Cel;

/// <summary>
/// What expressions can refer to: variables with their types, functions and named types. Immutable; one is derived from another.
/// </summary>
public sealed class CelEnvironment
{
    // Kubernetes' fields for expressions hold no more in practice; the parser is linear, but nobody reads such a thing.
    private const int LengthMax = 100_000;

    private static readonly Dictionary<string, CelType> s_types = new(StringComparer.Ordinal)
    {
        ["bool"] = CelType.Bool,
        ["int"] = CelType.Int,
        ["uint"] = CelType.Uint,
        ["double"] = CelType.Double,
        ["string"] = CelType.String,
        ["bytes"] = CelType.Bytes,
        ["list"] = CelType.ListOfDyn,
        ["map"] = CelType.MapOfDyn,
        ["null_type"] = CelType.Null,
        ["type"] = CelType.TypeOfDyn,
        ["optional_type"] = CelType.OptionalOfDyn,
        ["google.protobuf.Timestamp"] = CelType.Timestamp,
        ["google.protobuf.Duration"] = CelType.Duration,
    };

    private readonly Func<string, CelType?>? _types;
    private readonly bool _hasBind;

    private CelEnvironment(FunctionTable functions, IReadOnlyDictionary<string, CelType> variables, Func<string, CelType?>? types, bool hasBind) =>
        (Functions, Variables, _types, _hasBind) = (functions, variables, types, hasBind);

    /// <summary>The language with the functions that Kubernetes 1.36 adds to it, and no variables.</summary>
    public static CelEnvironment Kubernetes { get; } = new(KubernetesLibrary.Table(), new Dictionary<string, CelType>(), null, false);

    public IReadOnlyDictionary<string, CelType> Variables { get; }

    internal FunctionTable Functions { get; }

    public CelEnvironment WithVariable(string name, CelType type) =>
        new(Functions, new Dictionary<string, CelType>(Variables, StringComparer.Ordinal) { [name] = type }, _types, _hasBind);

    public CelEnvironment WithFunctions(Action<FunctionTable> declare)
    {
        var functions = Functions.Copy();
        declare(functions);
        return new CelEnvironment(functions, Variables, _types, _hasBind);
    }

    /// <summary>Types that expressions may name and, if they are of objects, construct.</summary>
    public CelEnvironment WithTypes(Func<string, CelType?> find) => new(Functions, Variables, _types is { } known ? n => find(n) ?? known(n) : find, _hasBind);

    /// <summary>With <c>cel.bind(name, value, expression)</c>, which Kubernetes has for device selectors alone.</summary>
    public CelEnvironment WithBind() => new(Functions, Variables, _types, true);

    public CelCompilation Compile(string source)
    {
        if (source.Length > LengthMax)
            return new CelCompilation(source, null, [new CelIssue(0, $"expression code point size exceeds limit: size: {source.Length}, limit {LengthMax}")]);
        var (expression, issues) = Parser.Parse(source, _hasBind);
        if (expression is null)
            return new CelCompilation(source, null, issues);
        var checker = new Checker(this);
        var type = checker.Check(expression);
        return checker.Issues.Count > 0
            ? new CelCompilation(source, null, checker.Issues)
            : new CelCompilation(source, new CelProgram(source, type, checker.Read, expression, Planner.Plan(expression), checker.Slots), []);
    }

    internal CelType? FindType(string name) => s_types.GetValueOrDefault(name.TrimStart('.')) ?? _types?.Invoke(name.TrimStart('.'));
}
