using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Admission.Policies;
using Berth.ApiServer.Validation;
using Berth.Cel;
using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.TypeChecks;

/// <summary>
/// Checks the expressions of a policy against the types of what it means: a policy is accepted whatever its objects look like, and
/// this says what is not going to work. Pure.
/// </summary>
internal static class PolicyTypeCheck
{
    // As in Kubernetes: what a policy means beyond that is not looked at.
    private const int KindsMax = 10;

    /// <summary>The kinds that a policy names, by group, version and kind. Rules with wildcards and subresources name none.</summary>
    /// <param name="find">The kind of a resource, by group, version and plural; null when nothing such is served.</param>
    public static IReadOnlyList<KindInfo> Kinds(ValidatingAdmissionPolicySpec spec, Func<string, string, string, KindInfo?> find)
    {
        var named =
            from rule in spec.MatchConstraints?.ResourceRules ?? []
            where !rule.ApiGroups.Any(IsWild) && !rule.ApiVersions.Any(IsWild)
            from @group in rule.ApiGroups.Order(StringComparer.Ordinal)
            from version in rule.ApiVersions.Order(StringComparer.Ordinal)
            from resource in rule.Resources.Where(r => !IsWild(r) && !r.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            select find(@group, version, resource);
        return
        [
            .. named.OfType<KindInfo>().Distinct().Take(KindsMax)
                .OrderBy(k => k.Group, StringComparer.Ordinal).ThenBy(k => k.Version, StringComparer.Ordinal).ThenBy(k => k.Kind, StringComparer.Ordinal),
        ];
    }

    /// <param name="kinds">What the policy means, with the types of its objects.</param>
    /// <param name="parameters">Null when nothing is known of them.</param>
    public static ApiList<ExpressionWarning> Check(ValidatingAdmissionPolicySpec spec, IReadOnlyList<(KindInfo Kind, CelType Type)> kinds, CelType? parameters)
    {
        var environments = kinds.Select(k => (k.Kind, Environment: EnvironmentOf(spec, k.Type, parameters))).ToList();
        var warnings = new List<ExpressionWarning>();
        for (var i = 0; i < spec.Validations.Count; i++)
        {
            var (validation, path) = (spec.Validations[i], FieldPath.Spec["validations"][i]);
            Look(path["expression"], validation.Expression);
            if (validation.MessageExpression.Length > 0)
                Look(path["messageExpression"], validation.MessageExpression);
        }

        return [.. warnings];

        void Look(FieldPath path, string expression)
        {
            var doubts = environments
                .Select(e => (e.Kind, e.Environment.Compile(expression).Problem))
                .Where(e => e.Problem.Length > 0)
                .Select(e => $"{e.Kind.Group}/{e.Kind.Version}, Kind={e.Kind.Kind}: {e.Problem}\n")
                .ToList();
            if (doubts.Count > 0)
                warnings.Add(new ExpressionWarning { FieldRef = path, Warning = string.Join('\n', doubts) });
        }
    }

    private static CelEnvironment EnvironmentOf(ValidatingAdmissionPolicySpec spec, CelType type, CelType? parameters)
    {
        var environment = AdmissionEnvironment.Authorizing.WithVariable("object", type).WithVariable("oldObject", type);
        if (spec.ParamKind is not null)
            environment = environment.WithVariable("params", parameters ?? CelType.Dyn);
        return new PolicyVariables(environment, spec.Variables).Environment;
    }

    private static bool IsWild(string name) => name.Contains('*', StringComparison.Ordinal);
}
