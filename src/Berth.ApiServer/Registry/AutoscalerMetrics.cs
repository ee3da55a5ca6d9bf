using System.Text;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Registry;

/// <summary>The shapes that metrics have in the annotations of autoscaling/v1.</summary>
internal static class AutoscalerMetrics
{
    public static JsonObject ToV1(MetricSpec metric)
    {
        var (name, body) = metric switch
        {
            { Object: { } o } => ("object", Body(("target", Reference(o.DescribedObject)), ("metricName", o.Metric.Name), ("targetValue", Text(o.Target.Value) ?? "0"), ("selector", Selector(o.Metric)), ("averageValue", Text(o.Target.AverageValue)))),
            { Pods: { } p } => ("pods", Body(("metricName", p.Metric.Name), ("targetAverageValue", Text(p.Target.AverageValue) ?? "0"), ("selector", Selector(p.Metric)))),
            { Resource: { } r } => ("resource", Body(("name", r.Name), ("targetAverageUtilization", r.Target.AverageUtilization), ("targetAverageValue", Text(r.Target.AverageValue)))),
            { ContainerResource: { } c } => ("containerResource", Body(("name", c.Name), ("targetAverageUtilization", c.Target.AverageUtilization), ("targetAverageValue", Text(c.Target.AverageValue)), ("container", c.Container))),
            { External: { } e } => ("external", Body(("metricName", e.Metric.Name), ("metricSelector", Selector(e.Metric)), ("targetValue", Text(e.Target.Value)), ("targetAverageValue", Text(e.Target.AverageValue)))),
            _ => ("", null),
        };
        return Wrapped(metric.Type, name, body);
    }

    public static JsonObject ToV1(MetricStatus metric)
    {
        var (name, body) = metric switch
        {
            { Object: { } o } => ("object", Body(("target", Reference(o.DescribedObject)), ("metricName", o.Metric.Name), ("currentValue", Text(o.Current.Value) ?? "0"), ("selector", Selector(o.Metric)), ("averageValue", Text(o.Current.AverageValue)))),
            { Pods: { } p } => ("pods", Body(("metricName", p.Metric.Name), ("currentAverageValue", Text(p.Current.AverageValue) ?? "0"), ("selector", Selector(p.Metric)))),
            { Resource: { } r } => ("resource", Body(("name", r.Name), ("currentAverageUtilization", r.Current.AverageUtilization), ("currentAverageValue", Text(r.Current.AverageValue) ?? "0"))),
            { ContainerResource: { } c } => ("containerResource", Body(("name", c.Name), ("currentAverageUtilization", c.Current.AverageUtilization), ("currentAverageValue", Text(c.Current.AverageValue) ?? "0"), ("container", c.Container))),
            { External: { } e } => ("external", Body(("metricName", e.Metric.Name), ("metricSelector", Selector(e.Metric)), ("currentValue", Text(e.Current.Value) ?? "0"), ("currentAverageValue", Text(e.Current.AverageValue)))),
            _ => ("", null),
        };
        return Wrapped(metric.Type, name, body);
    }

    public static MetricSpec SpecFromV1(JsonObject metric)
    {
        var spec = new MetricSpec { Type = String(metric, "type") };
        if (metric["object"] is JsonObject o)
        {
            var average = Amount(o, "averageValue");
            var value = Amount(o, "targetValue");
            spec = spec with
            {
                Object = new()
                {
                    DescribedObject = Reference(o["target"] as JsonObject ?? []),
                    Metric = Metric(o, "selector"),
                    Target = new() { Type = average is null ? "Value" : "AverageValue", Value = average is null || value is { IsZero: false } ? value : null, AverageValue = average },
                },
            };
        }

        if (metric["pods"] is JsonObject p)
            spec = spec with { Pods = new() { Metric = Metric(p, "selector"), Target = new() { Type = "AverageValue", AverageValue = Amount(p, "targetAverageValue") } } };
        if (metric["resource"] is JsonObject r)
            spec = spec with { Resource = new() { Name = String(r, "name"), Target = Target(r) } };
        if (metric["containerResource"] is JsonObject c)
            spec = spec with { ContainerResource = new() { Name = String(c, "name"), Container = String(c, "container"), Target = Target(c) } };
        if (metric["external"] is JsonObject e)
        {
            var value = Amount(e, "targetValue");
            spec = spec with
            {
                External = new() { Metric = Metric(e, "metricSelector"), Target = new() { Type = value is null ? "AverageValue" : "Value", Value = value, AverageValue = Amount(e, "targetAverageValue") } },
            };
        }

        return spec;
    }

    public static MetricStatus StatusFromV1(JsonObject metric)
    {
        var status = new MetricStatus { Type = String(metric, "type") };
        if (metric["object"] is JsonObject o)
        {
            status = status with
            {
                Object = new()
                {
                    DescribedObject = Reference(o["target"] as JsonObject ?? []),
                    Metric = Metric(o, "selector"),
                    Current = new() { Value = Amount(o, "currentValue"), AverageValue = Amount(o, "averageValue") },
                },
            };
        }

        if (metric["pods"] is JsonObject p)
            status = status with { Pods = new() { Metric = Metric(p, "selector"), Current = new() { AverageValue = Amount(p, "currentAverageValue") } } };
        if (metric["resource"] is JsonObject r)
            status = status with { Resource = new() { Name = String(r, "name"), Current = Current(r) } };
        if (metric["containerResource"] is JsonObject c)
            status = status with { ContainerResource = new() { Name = String(c, "name"), Container = String(c, "container"), Current = Current(c) } };
        if (metric["external"] is JsonObject e)
        {
            status = status with
            {
                External = new() { Metric = Metric(e, "metricSelector"), Current = new() { Value = Amount(e, "currentValue"), AverageValue = Amount(e, "currentAverageValue") } },
            };
        }

        return status;
    }

    private static MetricTarget Target(JsonObject from)
    {
        var utilization = (int?)from["targetAverageUtilization"];
        return new() { Type = utilization is null ? "AverageValue" : "Utilization", AverageUtilization = utilization, AverageValue = Amount(from, "targetAverageValue") };
    }

    private static MetricValueStatus Current(JsonObject from) =>
        new() { AverageUtilization = (int?)from["currentAverageUtilization"], AverageValue = Amount(from, "currentAverageValue") };

    private static JsonObject Wrapped(string type, string name, JsonObject? body)
    {
        var result = new JsonObject { ["type"] = type };
        if (body is not null)
            result[name] = body;
        return result;
    }

    private static JsonObject Body(params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject();
        foreach (var (name, value) in fields)
        {
            if (value is not null)
                body[name] = value;
        }

        return body;
    }

    private static JsonObject Reference(CrossVersionObjectReference target) =>
        Body(("kind", target.Kind), ("name", target.Name), ("apiVersion", target.ApiVersion.Length == 0 ? null : target.ApiVersion));

    private static CrossVersionObjectReference Reference(JsonObject from) =>
        new() { Kind = String(from, "kind"), Name = String(from, "name"), ApiVersion = String(from, "apiVersion") };

    private static MetricIdentifier Metric(JsonObject from, string selector) => new()
    {
        Name = String(from, "metricName"),
        Selector = from[selector] is JsonObject labels ? ApiJson.Deserialize<LabelSelector>(Encoding.UTF8.GetBytes(labels.ToJsonString())) : null,
    };

    private static JsonNode? Selector(MetricIdentifier metric) =>
        metric.Selector is null ? null : JsonNode.Parse(ApiJson.Serialize(metric.Selector));

    private static string? Text(Quantity? amount) => amount?.ToString();

    private static string String(JsonObject from, string name) => from[name]?.ToString() ?? "";

    private static Quantity? Amount(JsonObject from, string name) =>
        from[name] is { } text && Quantity.TryParse(text.ToString(), out var amount) ? amount : null;
}
