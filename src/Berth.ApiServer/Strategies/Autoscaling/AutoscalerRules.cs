using Berth.Api.Autoscaling.V2;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Autoscaling;

/// <summary>Rules of horizontal pod autoscalers.</summary>
internal static class AutoscalerRules
{
    private static readonly string[] s_types = ["ContainerResource", "External", "Object", "Pods", "Resource"];

    private const int WindowMaxSeconds = 3600;
    private const int PeriodMaxSeconds = 1800;
    private const string Missing = "must populate information for the given metric source";

    public static void Validate(FieldErrors errors, FieldPath path, HorizontalPodAutoscalerSpec spec)
    {
        Bounds(errors, path, spec.MinReplicas, spec.MaxReplicas);
        Target(errors, path["scaleTargetRef"], spec.ScaleTargetRef.ApiVersion, spec.ScaleTargetRef.Kind, spec.ScaleTargetRef.Name);
        if (spec.MinReplicas == 0 && !spec.Metrics.Any(m => m.Type is "Object" or "External"))
            errors.Forbidden(path["metrics"], "must specify at least one Object or External metric to support scaling to zero replicas");
        for (var i = 0; i < spec.Metrics.Count; i++)
            Metric(errors, path["metrics"][i], spec.Metrics[i]);
        if (spec.Behavior?.ScaleUp is { } up)
            Scaling(errors, path["behavior"]["scaleUp"], up);
        if (spec.Behavior?.ScaleDown is { } down)
            Scaling(errors, path["behavior"]["scaleDown"], down);
    }

    public static void Bounds(FieldErrors errors, FieldPath path, int? min, int max)
    {
        if (min is < 1)
            errors.Invalid(path["minReplicas"], min, "must be greater than or equal to 1");
        if (max == 0)
            errors.Required(path["maxReplicas"], "must be set and greater than 0");
        else if (max < 1)
            errors.Invalid(path["maxReplicas"], max, "must be greater than or equal to 1");
        if (max < min)
            errors.Invalid(path["maxReplicas"], max, "must be greater than or equal to `minReplicas`");
    }

    public static void Target(FieldErrors errors, FieldPath path, string apiVersion, string kind, string name)
    {
        if (!apiVersion.Contains('/', StringComparison.Ordinal) && kind != "ReplicationController")
            errors.Invalid(path["apiVersion"], (object)apiVersion, "apiVersion must specify API group");
        BasicRules.RequiredSegment(errors, path["kind"], kind);
        BasicRules.RequiredSegment(errors, path["name"], name);
    }

    private static void Metric(FieldErrors errors, FieldPath path, MetricSpec metric)
    {
        if (metric.Type.Length == 0)
        {
            errors.Required(path["type"], "must specify a metric source type");
            errors.NotSupported(path["type"], metric.Type, s_types);
            return;
        }

        var sources = new (string Name, bool Set)[]
        {
            ("object", metric.Object is not null), ("pods", metric.Pods is not null), ("resource", metric.Resource is not null),
            ("external", metric.External is not null), ("containerResource", metric.ContainerResource is not null),
        };
        var wanted = metric.Type switch
        {
            "Object" => "object",
            "Pods" => "pods",
            "Resource" => "resource",
            "External" => "external",
            "ContainerResource" => "containerResource",
            _ => null,
        };
        if (wanted is null)
        {
            errors.NotSupported(path["type"], metric.Type, s_types);
            return;
        }

        foreach (var (name, set) in sources)
        {
            if (name == wanted && !set)
                errors.Required(path[name], Missing);
            else if (name != wanted && set)
                errors.Forbidden(path[name], "must populate the given metric source only");
        }

        if (wanted == "resource" && metric.Resource is { } resource)
        {
            if (resource.Name.Length == 0)
                errors.Required(path["resource"]["name"], "must specify a resource name");
            MetricTarget(errors, path["resource"]["target"], resource.Target);
        }
    }

    private static void MetricTarget(FieldErrors errors, FieldPath path, MetricTarget target)
    {
        if (target.Type.Length == 0)
            errors.Required(path["type"], "must specify a metric target type");
        else if (target.Type is not ("Utilization" or "Value" or "AverageValue"))
            errors.Invalid(path["type"], (object)target.Type, "must be either Utilization, Value, or AverageValue");
        if (target is { AverageUtilization: null, AverageValue: null })
            errors.Required(path["averageUtilization"], "must set either a target raw value or a target utilization");
        if (target is { AverageUtilization: not null, AverageValue: not null })
            errors.Forbidden(path["averageValue"], "may not set both a target raw value and a target utilization");
        if (target.AverageUtilization is < 1)
            errors.Invalid(path["averageUtilization"], target.AverageUtilization, "must be greater than 0");
    }

    private static void Scaling(FieldErrors errors, FieldPath path, HPAScalingRules rules)
    {
        if (rules.StabilizationWindowSeconds is < 0)
            errors.Invalid(path["stabilizationWindowSeconds"], rules.StabilizationWindowSeconds, "must be greater than or equal to zero");
        if (rules.StabilizationWindowSeconds is > WindowMaxSeconds)
            errors.Invalid(path["stabilizationWindowSeconds"], rules.StabilizationWindowSeconds, $"must be less than or equal to {WindowMaxSeconds}");
        if (rules.SelectPolicy is { } select)
            BasicRules.OneOf(errors, path["selectPolicy"], select, "Disabled", "Max", "Min");
        if (rules.Policies.IsEmpty)
            errors.Required(path["policies"], "must specify at least one Policy");
        for (var i = 0; i < rules.Policies.Count; i++)
        {
            var (policy, at) = (rules.Policies[i], path["policies"][i]);
            BasicRules.OneOf(errors, at["type"], policy.Type, "Percent", "Pods");
            if (policy.Value <= 0)
                errors.Invalid(at["value"], policy.Value, "must be greater than zero");
            if (policy.PeriodSeconds <= 0)
                errors.Invalid(at["periodSeconds"], policy.PeriodSeconds, "must be greater than zero");
            if (policy.PeriodSeconds > PeriodMaxSeconds)
                errors.Invalid(at["periodSeconds"], policy.PeriodSeconds, $"must be less than or equal to {PeriodMaxSeconds}");
        }
    }
}
