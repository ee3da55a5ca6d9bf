using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Meta.V1;
using V1 = Berth.Api.Autoscaling.V1;

namespace Berth.ApiServer.Registry;

/// <summary>
/// Autoscalers under their old version: one CPU target in the spec, everything else in annotations, so that nothing is lost on
/// the way there and back.
/// </summary>
internal static class AutoscalerConversion
{
    private const string Metrics = "autoscaling.alpha.kubernetes.io/metrics";
    private const string CurrentMetrics = "autoscaling.alpha.kubernetes.io/current-metrics";
    private const string Conditions = "autoscaling.alpha.kubernetes.io/conditions";
    private const string Behavior = "autoscaling.alpha.kubernetes.io/behavior";

    public static V1.HorizontalPodAutoscaler ToV1(HorizontalPodAutoscaler value)
    {
        var annotations = WithoutOurs(value.Metadata.Annotations);
        var others = value.Spec.Metrics.Where(m => !IsCpuUtilization(m)).Select(AutoscalerMetrics.ToV1).ToArray();
        if (others.Length > 0)
            annotations = annotations.With(Metrics, new JsonArray([.. others]).ToJsonString());
        if (!value.Status.CurrentMetrics.IsEmpty)
            annotations = annotations.With(CurrentMetrics, new JsonArray([.. value.Status.CurrentMetrics.Select(AutoscalerMetrics.ToV1)]).ToJsonString());
        if (value.Spec.Behavior is { } behavior)
            annotations = annotations.With(Behavior, Text(behavior));
        if (!value.Status.Conditions.IsEmpty)
            annotations = annotations.With(Conditions, "[" + string.Join(",", value.Status.Conditions.Select(c => Text(c))) + "]");
        return new()
        {
            Metadata = value.Metadata with { Annotations = annotations },
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = value.Spec.ScaleTargetRef.Kind, Name = value.Spec.ScaleTargetRef.Name, ApiVersion = value.Spec.ScaleTargetRef.ApiVersion },
                MinReplicas = value.Spec.MinReplicas,
                MaxReplicas = value.Spec.MaxReplicas,
                TargetCPUUtilizationPercentage = value.Spec.Metrics.FirstOrDefault(IsCpuUtilization)?.Resource?.Target.AverageUtilization,
            },
            Status = new()
            {
                ObservedGeneration = value.Status.ObservedGeneration,
                LastScaleTime = value.Status.LastScaleTime,
                CurrentReplicas = value.Status.CurrentReplicas,
                DesiredReplicas = value.Status.DesiredReplicas,
                CurrentCPUUtilizationPercentage =
                    value.Status.CurrentMetrics.FirstOrDefault(m => m is { Type: "Resource", Resource.Name: "cpu" })?.Resource?.Current.AverageUtilization,
            },
        };
    }

    public static HorizontalPodAutoscaler ToV2(V1.HorizontalPodAutoscaler value)
    {
        var annotations = value.Metadata.Annotations;
        var metrics = Items(annotations, Metrics).Select(AutoscalerMetrics.SpecFromV1);
        if (value.Spec.TargetCPUUtilizationPercentage is { } target)
            metrics = metrics.Append(Cpu(target));
        var status = new HorizontalPodAutoscalerStatus
        {
            ObservedGeneration = value.Status.ObservedGeneration,
            LastScaleTime = value.Status.LastScaleTime,
            CurrentReplicas = value.Status.CurrentReplicas,
            DesiredReplicas = value.Status.DesiredReplicas,
            CurrentMetrics = Items(annotations, CurrentMetrics).Select(AutoscalerMetrics.StatusFromV1).ToApiList(),
            Conditions = Items(annotations, Conditions).Select(c => Read<HorizontalPodAutoscalerCondition>(c.ToJsonString())).ToApiList(),
        };
        if (status.CurrentMetrics.IsEmpty && value.Status.CurrentCPUUtilizationPercentage is { } current)
            status = status with { CurrentMetrics = [new() { Type = "Resource", Resource = new() { Name = "cpu", Current = new() { AverageUtilization = current } } }] };
        return new()
        {
            Metadata = value.Metadata with { Annotations = WithoutOurs(annotations) },
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = value.Spec.ScaleTargetRef.Kind, Name = value.Spec.ScaleTargetRef.Name, ApiVersion = value.Spec.ScaleTargetRef.ApiVersion },
                MinReplicas = value.Spec.MinReplicas,
                MaxReplicas = value.Spec.MaxReplicas,
                Metrics = metrics.ToApiList(),
                Behavior = annotations.TryGetValue(Behavior, out var behavior) ? TryRead<HorizontalPodAutoscalerBehavior>(behavior) : null,
            },
            Status = status,
        };
    }

    private static MetricSpec Cpu(int utilization) => new()
    {
        Type = "Resource",
        Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = utilization } },
    };

    private static bool IsCpuUtilization(MetricSpec metric) => metric is { Type: "Resource", Resource: { Name: "cpu", Target.AverageUtilization: not null } };

    private static ApiMap<string> WithoutOurs(ApiMap<string> annotations) =>
        annotations.Without(Metrics).Without(CurrentMetrics).Without(Conditions).Without(Behavior);

    // Annotations that somebody garbled are as if they were not there.
    private static IEnumerable<JsonObject> Items(ApiMap<string> annotations, string name)
    {
        if (!annotations.TryGetValue(name, out var text))
            return [];
        try
        {
            return JsonNode.Parse(text) is JsonArray list ? list.OfType<JsonObject>() : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string Text(IMessage message) => System.Text.Encoding.UTF8.GetString(ApiJson.Serialize(message));

    private static T Read<T>(string json)
        where T : IMessage<T> => ApiJson.Deserialize<T>(System.Text.Encoding.UTF8.GetBytes(json));

    private static T? TryRead<T>(string json)
        where T : class, IMessage<T>
    {
        try
        {
            return Read<T>(json);
        }
        catch (Exception e) when (e is JsonException or Berth.Api.Json.JsonFormatException)
        {
            return null;
        }
    }
}
