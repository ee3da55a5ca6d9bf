using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of what a pod asks of its place: affinity, tolerations, spreading.</summary>
public static class SchedulingRules
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Affinity(FieldErrors errors, FieldPath path, Affinity? affinity)
    {
        if (affinity?.NodeAffinity is { } node)
        {
            var at = path["nodeAffinity"];
            if (node.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
                SelectorRules.Node(errors, at[Required], required);
            for (var i = 0; i < node.PreferredDuringSchedulingIgnoredDuringExecution.Count; i++)
            {
                var term = node.PreferredDuringSchedulingIgnoredDuringExecution[i];
                Weight(errors, at[Preferred][i]["weight"], term.Weight);
                SelectorRules.NodeTerm(errors, at[Preferred][i]["preference"], term.Preference, checkValues: false);
            }
        }

        if (affinity?.PodAffinity is { } near)
            Pods(errors, path["podAffinity"], near.RequiredDuringSchedulingIgnoredDuringExecution, near.PreferredDuringSchedulingIgnoredDuringExecution);
        if (affinity?.PodAntiAffinity is { } far)
            Pods(errors, path["podAntiAffinity"], far.RequiredDuringSchedulingIgnoredDuringExecution, far.PreferredDuringSchedulingIgnoredDuringExecution);
    }

    public static void Tolerations(FieldErrors errors, FieldPath path, ApiList<Toleration> tolerations)
    {
        for (var i = 0; i < tolerations.Count; i++)
        {
            var (toleration, at) = (tolerations[i], path[i]);
            if (toleration.Key.Length > 0)
                errors.Invalid(at["key"], toleration.Key, NameSyntax.QualifiedName(toleration.Key));
            else if (toleration.Operator != "Exists")
                errors.Invalid(at["operator"], toleration.Operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            if (toleration.TolerationSeconds is not null && toleration.Effect != "NoExecute")
                errors.Invalid(at["effect"], toleration.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            switch (toleration.Operator)
            {
                case "Equal" or "":
                    var problems = NameSyntax.LabelValue(toleration.Value);
                    if (problems.Length > 0)
                        errors.Invalid(at["operator"], toleration.Value, string.Join(";", problems));
                    break;
                case "Exists":
                    if (toleration.Value.Length > 0)
                        errors.Invalid(at["operator"], toleration.Value, "value must be empty when `operator` is 'Exists'");
                    break;
                case "Lt" or "Gt" when ComparesNumbers:
                    if (!long.TryParse(toleration.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                        errors.Invalid(at["value"], toleration.Value, "must be a valid decimal integer in canonical form");
                    break;
                case "Lt" or "Gt":
                    errors.NotSupported(at["operator"], toleration.Operator, "Equal", "Exists", "Lt", "Gt");
                    break;
                default:
                    errors.NotSupported(at["operator"], toleration.Operator, "Equal", "Exists");
                    break;
            }

            if (toleration.Effect.Length > 0)
                Effect(errors, at["effect"], toleration.Effect);
        }
    }

    public static void Taints(FieldErrors errors, FieldPath path, ApiList<Taint> taints)
    {
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < taints.Count; i++)
        {
            var (taint, at) = (taints[i], path[i]);
            errors.Invalid(at["key"], taint.Key, NameSyntax.QualifiedName(taint.Key));
            var problems = NameSyntax.LabelValue(taint.Value);
            if (problems.Length > 0)
                errors.Invalid(at["value"], taint.Value, string.Join(";", problems));
            if (taint.Effect.Length == 0)
                errors.Required(at["effect"]);
            else
                Effect(errors, at["effect"], taint.Effect);
            if (!seen.Add((taint.Key, taint.Effect)))
                errors.Duplicate(at, taint, "taints must be unique by key and effect pair");
        }
    }

    public static void Spread(FieldErrors errors, FieldPath path, ApiList<TopologySpreadConstraint> constraints)
    {
        for (var i = 0; i < constraints.Count; i++)
        {
            var (constraint, at) = (constraints[i], path[i]);
            BasicRules.Positive(errors, at["maxSkew"], constraint.MaxSkew);
            if (constraint.TopologyKey.Length == 0)
                errors.Required(at["topologyKey"], "can not be empty");
            BasicRules.OneOf(errors, at["whenUnsatisfiable"], constraint.WhenUnsatisfiable, "DoNotSchedule", "ScheduleAnyway");
            if (constraints.Skip(i + 1).Any(c => c.TopologyKey == constraint.TopologyKey && c.WhenUnsatisfiable == constraint.WhenUnsatisfiable))
                errors.Duplicate(at["{topologyKey, whenUnsatisfiable}"], $"{{{constraint.TopologyKey}, {constraint.WhenUnsatisfiable}}}");
            if (constraint.MinDomains is { } domains)
            {
                BasicRules.Positive(errors, at["minDomains"], domains);
                if (constraint.WhenUnsatisfiable != "DoNotSchedule")
                    errors.Invalid(at["minDomains"], domains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {constraint.WhenUnsatisfiable}");
            }

            if (constraint.NodeAffinityPolicy is { } affinity)
                BasicRules.OneOf(errors, at["nodeAffinityPolicy"], affinity, "Honor", "Ignore");
            if (constraint.NodeTaintsPolicy is { } taints)
                BasicRules.OneOf(errors, at["nodeTaintsPolicy"], taints, "Honor", "Ignore");
            LabelKeys(errors, at, constraint.MatchLabelKeys, [], constraint.LabelSelector);
            SelectorRules.Label(errors, at["labelSelector"], constraint.LabelSelector);
        }
    }

    // Alpha in 1.36, and off there.
    private static bool ComparesNumbers => false;

    private static void Pods(FieldErrors errors, FieldPath path, ApiList<PodAffinityTerm> required, ApiList<WeightedPodAffinityTerm> preferred)
    {
        for (var i = 0; i < required.Count; i++)
            Term(errors, path[Required][i], required[i]);
        for (var i = 0; i < preferred.Count; i++)
        {
            Weight(errors, path[Preferred][i]["weight"], preferred[i].Weight);
            Term(errors, path[Preferred][i]["podAffinityTerm"], preferred[i].PodAffinityTerm);
        }
    }

    private static void Term(FieldErrors errors, FieldPath path, PodAffinityTerm term)
    {
        SelectorRules.Label(errors, path["labelSelector"], term.LabelSelector);
        SelectorRules.Label(errors, path["namespaceSelector"], term.NamespaceSelector);
        foreach (var name in term.Namespaces)
            errors.Invalid(path["namespace"], name, NameSyntax.DnsLabel(name));
        LabelKeys(errors, path, term.MatchLabelKeys, term.MismatchLabelKeys, term.LabelSelector);
        if (term.TopologyKey.Length == 0)
            errors.Required(path["topologyKey"], "can not be empty");
        errors.Invalid(path["topologyKey"], term.TopologyKey, NameSyntax.QualifiedName(term.TopologyKey));
    }

    private static void LabelKeys(FieldErrors errors, FieldPath path, ApiList<string> match, ApiList<string> mismatch, LabelSelector? selector)
    {
        Keys(path["matchLabelKeys"], match);
        Keys(path["mismatchLabelKeys"], mismatch);
        if (selector is not null)
        {
            // The keys become expressions when the pod is made: only a second mention of a key shows that the user wrote it too.
            var seen = selector.MatchLabels.Keys.ToHashSet();
            foreach (var expression in selector.MatchExpressions)
            {
                var index = match.ToList().IndexOf(expression.Key);
                if (index >= 0 && seen.Contains(expression.Key))
                    errors.Invalid(path[index], expression.Key, "exists in both matchLabelKeys and labelSelector");
                seen.Add(expression.Key);
            }
        }

        for (var i = 0; i < match.Count; i++)
        {
            if (mismatch.Contains(match[i]))
                errors.Invalid(path["matchLabelKeys"][i], match[i], "exists in both matchLabelKeys and mismatchLabelKeys");
        }

        void Keys(FieldPath at, ApiList<string> keys)
        {
            if (selector is null && !keys.IsEmpty)
            {
                errors.Forbidden(at, "must not be specified when labelSelector is not set");
                return;
            }

            for (var i = 0; i < keys.Count; i++)
                errors.Invalid(at[i], keys[i], NameSyntax.QualifiedName(keys[i]));
        }
    }

    private static void Weight(FieldErrors errors, FieldPath path, int weight)
    {
        if (weight is <= 0 or > 100)
            errors.Invalid(path, weight, "must be in the range 1-100");
    }

    private static void Effect(FieldErrors errors, FieldPath path, string effect) =>
        BasicRules.OneOf(errors, path, effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
}
