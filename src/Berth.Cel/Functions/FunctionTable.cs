using Berth.Cel.Types;

namespace Berth.Cel.Functions;

/// <summary>Functions by name. Filled while an environment is made, read-only from then on.</summary>
public sealed class FunctionTable
{
    private readonly Dictionary<string, List<CelOverload>> _functions;

    public FunctionTable() => _functions = new Dictionary<string, List<CelOverload>>(StringComparer.Ordinal);

    private FunctionTable(FunctionTable other) => _functions = other._functions.ToDictionary(f => f.Key, f => new List<CelOverload>(f.Value), StringComparer.Ordinal);

    public FunctionTable Copy() => new(this);

    public bool Has(string name) => _functions.ContainsKey(name);

    public IReadOnlyList<CelOverload> Find(string name) => _functions.GetValueOrDefault(name) ?? [];

    /// <summary>A function that is called by its name alone.</summary>
    public void Add(string name, IReadOnlyList<CelType> parameters, CelType result, CelFunctionBody body) => Add(new CelOverload(name, false, parameters, result, body));

    /// <summary>A function that is called on its first argument.</summary>
    public void Member(string name, IReadOnlyList<CelType> parameters, CelType result, CelFunctionBody body) => Add(new CelOverload(name, true, parameters, result, body));

    public void Add(CelOverload overload)
    {
        if (!_functions.TryGetValue(overload.Function, out var overloads))
            _functions[overload.Function] = overloads = [];
        overloads.Add(overload);
    }
}
