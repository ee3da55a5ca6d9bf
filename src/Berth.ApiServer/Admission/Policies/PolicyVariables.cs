using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.Cel;
using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>The variables of one policy, compiled: each may use those before it. Immutable.</summary>
internal sealed class PolicyVariables
{
    private readonly Dictionary<string, CelType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (CelProgram? Program, string? Problem)> _programs = new(StringComparer.Ordinal);

    public PolicyVariables(CelEnvironment environment, ApiList<Variable> variables)
    {
        Type = new RecordType("kubernetes.variables", _types);
        // Without any, the name is not known: expressions that use it are refused.
        Environment = variables.IsEmpty ? environment : environment.WithVariable("variables", Type);
        Problems = new string?[variables.Count];
        for (var i = 0; i < variables.Count; i++)
        {
            var program = AdmissionEnvironment.Compile(Environment, variables[i].Expression, out Problems[i]);
            _programs[variables[i].Name] = (program, Problems[i]);
            // Not before it is compiled: a variable does not see itself.
            _types[variables[i].Name] = program?.ResultType ?? CelType.Dyn;
        }
    }

    /// <summary>With the variables; what is compiled in it sees all of them.</summary>
    public CelEnvironment Environment { get; }

    public CelObjectType Type { get; }

    /// <summary>Of each variable, in order; null when it is fine.</summary>
    public string?[] Problems { get; }

    public IEnumerable<string> Names => _programs.Keys;

    public (CelProgram? Program, string? Problem)? Find(string name) => _programs.TryGetValue(name, out var found) ? found : null;
}
