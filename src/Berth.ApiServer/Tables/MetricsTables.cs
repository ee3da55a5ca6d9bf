using Berth.Api;
using Berth.Api.Metrics.V1Beta1;
using Berth.Api.Schema;
using static Berth.ApiServer.Tables.Columns;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of measurements, with metrics-server's columns.</summary>
internal static class MetricsTables
{
    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<NodeMetrics>(
            Name<NodeMetrics>(),
            Column<NodeMetrics>("cpu", m => Amount(m.Usage, "cpu")),
            Column<NodeMetrics>("memory", m => Amount(m.Usage, "memory")),
            Column<NodeMetrics>("window", m => m.Window.ToString())),
        Table<PodMetrics>(
            Name<PodMetrics>(),
            Column<PodMetrics>("cpu", m => Sum(m, "cpu")),
            Column<PodMetrics>("memory", m => Sum(m, "memory")),
            Column<PodMetrics>("window", m => m.Window.ToString())),
    ];

    private static string Amount(ApiMap<Quantity> usage, string resource) => usage.TryGetValue(resource, out var amount) ? amount.ToString() : "0";

    private static string Sum(PodMetrics pod, string resource) =>
        pod.Containers.Select(c => c.Usage.TryGetValue(resource, out var amount) ? amount : Quantity.Zero).Aggregate(Quantity.Zero, (sum, next) => sum + next).ToString();
}
