using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Meta.V1;

namespace Berth.Controllers.Autoscaling;

/// <summary>Turns the reading of a metric into replicas and into the metric's part of the status. Reasons and messages are those of Kubernetes.</summary>
public static class MetricEvaluation
{
    public static MetricResult Evaluate(MetricSpec spec, MetricReading reading, ReplicaMath math, string ns) => spec.Type switch
    {
        "Resource" when spec.Resource is { } resource => OfResource(spec.Type, resource.Name, "", resource.Target, reading, math),
        "ContainerResource" when spec.ContainerResource is { } resource => OfResource(spec.Type, resource.Name, resource.Container, resource.Target, reading, math),
        "Pods" when spec.Pods is { } pods => OfPods(pods, reading, math),
        "Object" when spec.Object is { } of => OfObject(of, reading, math, ns),
        "External" when spec.External is { } external => OfExternal(external, reading, math, ns),
        _ => new MetricResult.Failure("InvalidMetricSourceType", $"unknown metric source type \"{spec.Type}\"", ""),
    };

    private static MetricResult OfResource(string type, string name, string container, MetricTarget target, MetricReading reading, ReplicaMath math)
    {
        var ofContainer = type == "ContainerResource";
        MetricValueStatus current;
        int replicas;
        string title;
        try
        {
            if (target.AverageValue is { } wanted)
            {
                (replicas, var average) = Saying($"failed to get {name} usage: ", () => math.ForAverage(Readings(), wanted.MilliValue, name));
                current = new MetricValueStatus { AverageValue = Amount(name, average) };
                title = $"{name} resource";
            }
            else if (target.AverageUtilization is { } percent)
            {
                (replicas, var utilization, var average) = Saying($"failed to get {name} utilization: ", () => math.ForUtilization(Readings(), percent, name, container));
                current = new MetricValueStatus { AverageUtilization = utilization, AverageValue = Amount(name, average) };
                title = ofContainer ? $"{name} container resource utilization (percentage of request)" : $"{name} resource utilization (percentage of request)";
            }
            else
            {
                throw new MetricException("invalid resource metric source: neither an average utilization target nor an average value (usage) target was set");
            }
        }
        catch (MetricException e)
        {
            return ofContainer
                ? new MetricResult.Failure("FailedGetContainerResourceMetric", e.Message, $"failed to get {container} container metric value: ")
                : new MetricResult.Failure("FailedGetResourceMetric", e.Message, $"failed to get {name} resource metric value: ");
        }

        return new MetricResult.Proposal(replicas, title, ofContainer
            ? new MetricStatus { Type = type, ContainerResource = new ContainerResourceMetricStatus { Name = name, Container = container, Current = current } }
            : new MetricStatus { Type = type, Resource = new ResourceMetricStatus { Name = name, Current = current } });

        IReadOnlyDictionary<string, PodReading> Readings() =>
            reading is MetricReading.OfPods pods ? pods.Readings : throw new MetricException($"unable to get metrics for resource {name}: {Problem(reading)}");
    }

    private static MetricResult OfPods(PodsMetricSource source, MetricReading reading, ReplicaMath math)
    {
        try
        {
            if (reading is not MetricReading.OfPods pods)
                throw new MetricException($"unable to get metric {source.Metric.Name}: {Problem(reading)}");
            if (source.Target.AverageValue is not { } wanted)
                throw new MetricException("invalid pods metric source: no average value target was set");
            var (replicas, average) = math.ForAverage(pods.Readings, wanted.MilliValue, "");
            return new MetricResult.Proposal(replicas, $"pods metric {source.Metric.Name}", new MetricStatus
            {
                Type = "Pods",
                Pods = new PodsMetricStatus { Metric = source.Metric, Current = new MetricValueStatus { AverageValue = Quantity.FromMilli(average) } },
            });
        }
        catch (MetricException e)
        {
            return new MetricResult.Failure("FailedGetPodsMetric", e.Message, "failed to get pods metric value: ");
        }
    }

    private static MetricResult OfObject(ObjectMetricSource source, MetricReading reading, ReplicaMath math, string ns)
    {
        var context = "failed to get object metric value: ";
        try
        {
            var (isValue, target) = source.Target switch
            {
                { Type: "Value", Value: { } value } => (true, value.MilliValue),
                { Type: "AverageValue", AverageValue: { } average } => (false, average.MilliValue),
                _ => throw new MetricException("invalid object metric source: neither a value target nor an average value target was set"),
            };
            if (!isValue)
                context += $"failed to get {source.Metric.Name} object metric: ";
            if (reading is not MetricReading.OfObject read)
                throw new MetricException($"unable to get metric {source.Metric.Name}: {Problem(reading)} on {source.DescribedObject.Kind} {ns}/{source.DescribedObject.Name}");
            var (replicas, current, title) = isValue
                ? (math.ForValue(read.Milli, target), new MetricValueStatus { Value = Quantity.FromMilli(read.Milli) }, $"{source.DescribedObject.Kind} metric {source.Metric.Name}")
                : Shared(math, read.Milli, target, source.Metric);
            return new MetricResult.Proposal(replicas, title, new MetricStatus
            {
                Type = "Object",
                Object = new ObjectMetricStatus { DescribedObject = source.DescribedObject, Metric = source.Metric, Current = current },
            });
        }
        catch (MetricException e)
        {
            return new MetricResult.Failure("FailedGetObjectMetric", e.Message, context);
        }
    }

    private static MetricResult OfExternal(ExternalMetricSource source, MetricReading reading, ReplicaMath math, string ns)
    {
        var name = source.Metric.Name;
        var context = $"failed to get {name} external metric value: ";
        try
        {
            if (source.Target is { AverageValue: null, Value: null })
                throw new MetricException("invalid external metric source: neither a value target nor an average value target was set");
            context += source.Target.AverageValue is not null ? $"failed to get {name} external metric: " : $"failed to get external metric {name}: ";
            if (reading is not MetricReading.OfObject read)
                throw new MetricException($"unable to get external metric {ns}/{name}/{SelectorText(source.Metric.Selector)}: {Problem(reading)}");
            var (replicas, current, title) = source.Target.AverageValue is { } average
                ? Shared(math, read.Milli, average.MilliValue, source.Metric)
                : (math.ForValue(read.Milli, source.Target.Value!.Value.MilliValue), new MetricValueStatus { Value = Quantity.FromMilli(read.Milli) }, ExternalTitle(source.Metric));
            return new MetricResult.Proposal(replicas, title, new MetricStatus { Type = "External", External = new ExternalMetricStatus { Metric = source.Metric, Current = current } });
        }
        catch (MetricException e)
        {
            return new MetricResult.Failure("FailedGetExternalMetric", e.Message, context);
        }
    }

    private static (int Replicas, MetricValueStatus Current, string Title) Shared(ReplicaMath math, long value, long target, MetricIdentifier metric)
    {
        var (replicas, average) = math.ForShare(value, target);
        return (replicas, new MetricValueStatus { AverageValue = Quantity.FromMilli(average) }, ExternalTitle(metric));
    }

    // Kubernetes calls an object's metric external here too.
    private static string ExternalTitle(MetricIdentifier metric) => $"external metric {metric.Name}({SelectorText(metric.Selector)})";

    // As Go prints it.
    private static string SelectorText(LabelSelector? selector)
    {
        if (selector is null)
            return "nil";
        var labels = string.Concat(selector.MatchLabels.Select(l => $"{l.Key}: {l.Value},"));
        var expressions = string.Concat(selector.MatchExpressions.Select(e => $"LabelSelectorRequirement{{Key:{e.Key},Operator:{e.Operator},Values:[{string.Join(' ', e.Values)}],}},"));
        return $"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}";
    }

    // Memory in whole bytes and powers of two, as the metrics API shows it.
    private static Quantity Amount(string resource, long milli) =>
        resource == "memory" ? Quantity.FromBytes((milli + 999) / 1000) : Quantity.FromMilli(milli);

    private static string Problem(MetricReading reading) => reading is MetricReading.Failed failed ? failed.Problem : "the metric is of another kind";

    private static T Saying<T>(string context, Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (MetricException e)
        {
            throw new MetricException(context + e.Message);
        }
    }
}
