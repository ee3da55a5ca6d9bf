using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Cel;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.ApiServer.Admission.Expressions;

/// <summary>The match conditions of one webhook or policy, compiled. Immutable.</summary>
internal sealed class MatchConditions
{
    private readonly CelProgram?[] _programs;
    private readonly string?[] _problems;

    /// <param name="hasParameters">Of policies with a kind of parameters.</param>
    public MatchConditions(ApiList<MatchCondition> conditions, bool hasParameters = false, CelEnvironment? environment = null)
    {
        environment ??= AdmissionEnvironment.Of(hasParameters);
        _programs = new CelProgram?[conditions.Count];
        _problems = new string?[conditions.Count];
        for (var i = 0; i < conditions.Count; i++)
            _programs[i] = AdmissionEnvironment.Compile(environment, conditions[i].Expression.Trim(), out _problems[i], CelType.Bool);
    }

    public bool IsEmpty => _programs.Length == 0;

    /// <summary>Does the request concern who has the conditions? One that is false settles it, whatever became of the others.</summary>
    /// <param name="problem">What failed, when no condition was false; the result is true then.</param>
    public bool Hold(ICelInputs inputs, out string? problem, CancellationToken cancellation)
    {
        problem = null;
        var budget = AdmissionEnvironment.ConditionsCostMax;
        var problems = new List<string>();
        for (var i = 0; i < _programs.Length; i++)
        {
            if (_programs[i] is not { } program)
            {
                problems.Add($"compilation error: {_problems[i]}");
                continue;
            }

            var outcome = program.Evaluate(inputs, AdmissionEnvironment.ExpressionCostMax, cancellation);
            budget -= outcome.Cost;
            if (budget < 0)
            {
                problem = "validation failed due to running out of cost budget, no further validation rules will be run";
                return true;
            }

            if (outcome.Value is CelBool { Value: false })
                return false;
            if (outcome.Error is { } error)
                problems.Add($"expression '{program.Source}' resulted in error: {error}");
        }

        if (problems.Count > 0)
            problem = problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
        return true;
    }
}
