using Berth.ApiServer.Admission.Expressions;
using Berth.Cel;
using Berth.Cel.Values;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>The variables of a policy for one request: each is evaluated when it is first read, and only then.</summary>
internal sealed class VariableValues(PolicyVariables variables, CancellationToken cancellation) : CelObject(variables.Type)
{
    private readonly Dictionary<string, CelValue> _known = new(StringComparer.Ordinal);

    /// <summary>The request; set once, because its inputs hold these variables.</summary>
    public ICelInputs Inputs { get; set; } = new CelInputs();

    /// <summary>What the variables that were read have cost; who counts takes it and sets it back.</summary>
    public long Cost { get; set; }

    public override IEnumerable<string> Fields => variables.Names;

    public override CelValue? Find(string field)
    {
        if (_known.TryGetValue(field, out var known))
            return known;
        if (variables.Find(field) is not { } variable)
            return null;
        if (variable.Program is not { } program)
            return _known[field] = new CelError($"composited variable \"{field}\" fails to compile: {variable.Problem}");
        var outcome = program.Evaluate(Inputs, AdmissionEnvironment.ExpressionCostMax, cancellation);
        Cost += outcome.Cost;
        return _known[field] = outcome.Error is { } error ? new CelError($"composited variable \"{field}\" fails to evaluate: {error}") : outcome.Value;
    }
}
