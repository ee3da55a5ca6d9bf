using System.Globalization;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Autoscaling.V2;
using Berth.Api.Meta.V1;
using Berth.Api.Metrics.V1Beta1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using Berth.Client;
using Berth.Client.Metadata;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// Reads metrics: resources from <c>metrics.k8s.io</c>, and the others from <c>custom.metrics.k8s.io</c> and
/// <c>external.metrics.k8s.io</c> where something serves those. What cannot be read comes back with the words that Kubernetes
/// has for it.
/// </summary>
internal sealed class MetricSources(IClusterClient client, MetadataClient metadata)
{
    private const string Custom = "custom.metrics.k8s.io";
    private const string External = "external.metrics.k8s.io";

    // What a metric without a window of its own was measured over.
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private static readonly string[] s_customVersions = ["v1beta2", "v1beta1"];

    public async Task<MetricReading> ReadAsync(MetricSpec spec, string ns, Selector pods, CancellationToken ct)
    {
        try
        {
            return spec.Type switch
            {
                "Resource" when spec.Resource is { } resource => await OfResourceAsync(resource.Name, "", ns, pods, ct).ConfigureAwait(false),
                "ContainerResource" when spec.ContainerResource is { } resource => await OfResourceAsync(resource.Name, resource.Container, ns, pods, ct).ConfigureAwait(false),
                "Pods" when spec.Pods is { } source => await OfPodsAsync(source.Metric, ns, pods, ct).ConfigureAwait(false),
                "Object" when spec.Object is { } source => await OfObjectAsync(source, ns, ct).ConfigureAwait(false),
                "External" when spec.External is { } source => await OfExternalAsync(source.Metric, ns, ct).ConfigureAwait(false),
                _ => new MetricReading.Failed("the metric is of no known type"),
            };
        }
        catch (MetricException e)
        {
            return new MetricReading.Failed(e.Message);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or FormatException or JsonException)
        {
            var api = spec.Type switch { "Resource" or "ContainerResource" => "resource", "External" => "external", _ => "custom" };
            return new MetricReading.Failed($"unable to fetch metrics from {api} metrics API: {e.Message}");
        }
    }

    private async Task<MetricReading> OfResourceAsync(string resource, string container, string ns, Selector pods, CancellationToken ct)
    {
        var all = (await client.ListAsync<PodMetrics>(ns, new ListOptions { LabelSelector = pods.ToString() }, ct).ConfigureAwait(false)).Items;
        if (all.Count == 0)
            throw new MetricException("no metrics returned from resource metrics API");
        var readings = new Dictionary<string, PodReading>(StringComparer.Ordinal);
        foreach (var pod in all)
        {
            var parts = container.Length == 0 ? pod.Containers : pod.Containers.Where(c => c.Name == container).ToApiList();
            if (parts.Count > 0 && parts.All(c => c.Usage.ContainsKey(resource)))
                readings[pod.Metadata.Name] = new PodReading(pod.Timestamp?.Value ?? default, pod.Window.Value, parts.Sum(c => c.Usage[resource].MilliValue));
        }

        return new MetricReading.OfPods(readings);
    }

    private async Task<MetricReading> OfPodsAsync(MetricIdentifier metric, string ns, Selector pods, CancellationToken ct)
    {
        var query = Query(("labelSelector", pods.ToString()), ("metricLabelSelector", Text(metric.Selector)));
        var path = $"/apis/{Custom}/{await CustomVersionAsync(ct).ConfigureAwait(false)}/namespaces/{Uri.EscapeDataString(ns)}/pods/*/{Uri.EscapeDataString(metric.Name)}{query}";
        var readings = new Dictionary<string, PodReading>(StringComparer.Ordinal);
        foreach (var item in await ItemsAsync(path, ct).ConfigureAwait(false))
        {
            var window = item.TryGetProperty("windowSeconds", out var seconds) && seconds.TryGetInt64(out var length) ? TimeSpan.FromSeconds(length) : s_window;
            var at = item.TryGetProperty("timestamp", out var stamp) && stamp.TryGetDateTimeOffset(out var moment) ? moment : default;
            readings[item.GetProperty("describedObject").GetProperty("name").GetString() ?? ""] = new PodReading(at, window, Value(item));
        }

        return readings.Count > 0 ? new MetricReading.OfPods(readings) : throw new MetricException("no metrics returned from custom metrics API");
    }

    private async Task<MetricReading> OfObjectAsync(ObjectMetricSource source, string ns, CancellationToken ct)
    {
        var of = source.DescribedObject;
        var root = $"/apis/{Custom}/{await CustomVersionAsync(ct).ConfigureAwait(false)}/namespaces/{Uri.EscapeDataString(ns)}/";
        // A metric of the namespace itself has a path of its own; the reference's name cannot lead out of the autoscaler's.
        if (of.Kind == "Namespace" && !of.ApiVersion.Contains('/', StringComparison.Ordinal))
        {
            root += "metrics";
        }
        else
        {
            var kind = await KindAsync(of.ApiVersion, of.Kind, ct).ConfigureAwait(false);
            root += $"{(kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}")}/{Uri.EscapeDataString(of.Name)}";
        }

        var items = (await ItemsAsync($"{root}/{Uri.EscapeDataString(source.Metric.Name)}{Query(("metricLabelSelector", Text(source.Metric.Selector)))}", ct).ConfigureAwait(false)).ToList();
        return items.Count == 1
            ? new MetricReading.OfObject(Value(items[0]))
            : throw new MetricException(string.Create(CultureInfo.InvariantCulture, $"unable to fetch metrics from custom metrics API: the custom metrics API server returned {items.Count} results when we asked for exactly one"));
    }

    private async Task<MetricReading> OfExternalAsync(MetricIdentifier metric, string ns, CancellationToken ct)
    {
        var items = await ItemsAsync($"/apis/{External}/v1beta1/namespaces/{Uri.EscapeDataString(ns)}/{Uri.EscapeDataString(metric.Name)}{Query(("labelSelector", Text(metric.Selector)))}", ct).ConfigureAwait(false);
        Int128 sum = 0;
        var any = false;
        foreach (var item in items)
        {
            any = true;
            sum += Value(item);
        }

        return any ? new MetricReading.OfObject(sum > long.MaxValue ? long.MaxValue : (long)sum) : throw new MetricException("no metrics returned from external metrics API");
    }

    private async Task<string> CustomVersionAsync(CancellationToken ct)
    {
        try
        {
            using var group = JsonDocument.Parse(await client.GetRawAsync($"/apis/{Custom}", ct).ConfigureAwait(false));
            var served = group.RootElement.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("version").GetString()).ToList();
            return s_customVersions.FirstOrDefault(served.Contains) ?? throw new MetricException($"unable to fetch metrics from custom metrics API: no known available metric versions found");
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            throw new MetricException($"unable to fetch metrics from custom metrics API: no custom metrics API ({Custom}) registered");
        }
    }

    private async Task<KindInfo> KindAsync(string apiVersion, string kind, CancellationToken ct)
    {
        var served = await metadata.Kinds.AskAsync(ct).ConfigureAwait(false);
        return served.Find(apiVersion, kind) ?? throw new MetricException($"unable to fetch metrics from custom metrics API: no matches for kind \"{kind}\" in version \"{apiVersion}\"");
    }

    private async Task<IEnumerable<JsonElement>> ItemsAsync(string path, CancellationToken ct)
    {
        using var list = JsonDocument.Parse(await client.GetRawAsync(path, ct).ConfigureAwait(false));
        return list.RootElement.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray().Select(i => i.Clone())] : [];
    }

    private static long Value(JsonElement item) => Quantity.Parse(item.GetProperty("value").GetString() ?? "").MilliValue;

    private static string Text(LabelSelector? selector) => selector is null ? "" : LabelSelectors.Compile(selector).ToString();

    private static string Query(params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var query = "";
        foreach (var (name, value) in parameters)
        {
            if (value.Length > 0)
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }
}
