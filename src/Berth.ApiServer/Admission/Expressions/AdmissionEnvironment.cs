using Berth.Cel;
using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.Expressions;

/// <summary>What expressions of webhooks and policies can refer to.</summary>
internal static class AdmissionEnvironment
{
    /// <summary>What one expression may cost.</summary>
    public const long ExpressionCostMax = CelProgram.CostMaxDefault;

    /// <summary>What the match conditions of one webhook or policy may cost together.</summary>
    public const long ConditionsCostMax = 2_500_000;

    /// <summary>What all expressions of one binding may cost together.</summary>
    public const long BindingCostMax = 10_000_000;

    /// <summary>Without <c>authorizer</c>: texts of messages must not depend on permissions.</summary>
    public static CelEnvironment Plain { get; } = CelEnvironment.Kubernetes
        .WithFunctions(AuthorizerFunctions.Declare)
        .WithVariable("object", CelType.Dyn)
        .WithVariable("oldObject", CelType.Dyn)
        .WithVariable("namespaceObject", AdmissionTypes.Namespace)
        .WithVariable("request", AdmissionTypes.Request);

    public static CelEnvironment Authorizing { get; } = Plain
        .WithVariable("authorizer", AuthorizerFunctions.Authorizer)
        .WithVariable("authorizer.requestResource", AuthorizerFunctions.ResourceCheck);

    public static CelEnvironment Of(bool hasParameters, bool hasAuthorizer = true)
    {
        var environment = hasAuthorizer ? Authorizing : Plain;
        return hasParameters ? environment.WithVariable("params", CelType.Dyn) : environment;
    }

    /// <summary>Compiles, and holds the result to the types that it may have.</summary>
    /// <param name="problem">As users see it; null when all is well.</param>
    public static CelProgram? Compile(CelEnvironment environment, string expression, out string? problem, params IReadOnlyList<CelType> results)
    {
        var compiled = environment.Compile(expression);
        problem = null;
        if (compiled.Program is not { } program)
        {
            problem = "compilation failed: " + compiled.Problem;
            return null;
        }

        if (results.Count == 0 || results.Any(r => r.ToString() == program.ResultType.ToString()))
            return program;
        problem = results.Count == 1
            ? $"must evaluate to {results[0]} but got {program.ResultType}"
            : $"must evaluate to one of [{string.Join(' ', results)}] but got {program.ResultType}";
        return null;
    }
}
