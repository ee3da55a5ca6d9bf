using System.Globalization;
using Berth.Api;
using Berth.Api.Autoscaling.V2;

namespace Berth.ApiServer.Tables;

/// <summary>The column that shows what an autoscaler's metrics are, and what they should be.</summary>
internal static class AutoscalerTargets
{
    // As kubectl's users know it: the rest is a number.
    private const int ShownMax = 2;

    public static string Text(HorizontalPodAutoscaler scaler)
    {
        var metrics = scaler.Spec.Metrics;
        if (metrics.IsEmpty)
            return TableCell.None;
        var shown = string.Join(", ", metrics.Take(ShownMax).Select((metric, i) => Text(metric, i < scaler.Status.CurrentMetrics.Count ? scaler.Status.CurrentMetrics[i] : MetricStatus.Empty)));
        return metrics.Count > ShownMax ? string.Create(CultureInfo.InvariantCulture, $"{shown} + {metrics.Count - ShownMax} more...") : shown;
    }

    private static string Text(MetricSpec metric, MetricStatus status) => metric.Type switch
    {
        "Resource" when metric.Resource is { } resource => $"{resource.Name}: {Share(resource.Target, status.Resource?.Current)}",
        "ContainerResource" when metric.ContainerResource is { } resource => $"{resource.Name}: {Share(resource.Target, status.ContainerResource?.Current)}",
        "Pods" when metric.Pods is { } pods => $"{Amount(status.Pods?.Current.AverageValue)}/{pods.Target.AverageValue}",
        "Object" when metric.Object is { } of => Number(of.Target, status.Object?.Current),
        "External" when metric.External is { } external => Number(external.Target, status.External?.Current),
        _ => "<unknown type>",
    };

    private static string Share(MetricTarget target, MetricValueStatus? current) => target.AverageValue is { } wanted
        ? $"{Amount(current?.AverageValue)}/{wanted}"
        : $"{Percent(current?.AverageUtilization, TableCell.Unknown)}/{Percent(target.AverageUtilization, "<auto>")}";

    private static string Number(MetricTarget target, MetricValueStatus? current) => target.AverageValue is { } average
        ? $"{Amount(current?.AverageValue)}/{average} (avg)"
        : $"{Amount(current?.Value)}/{target.Value}";

    private static string Amount(Quantity? quantity) => quantity?.ToString() ?? TableCell.Unknown;

    private static string Percent(int? percent, string otherwise) => percent is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}%") : otherwise;
}
