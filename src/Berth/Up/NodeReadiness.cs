using Berth.Client;
using Berth.Instance;

namespace Berth.Up;

internal static class NodeReadiness
{
    /// <summary>Completes when the node is Ready.</summary>
    /// <exception cref="UserErrorException">It is not within the limit; its condition says why.</exception>
    public static async Task WaitAsync(IClusterClient client, string nodeName, string dataDirectory, TimeSpan within, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(within);
        Berth.Api.Core.V1.Node? last = null;
        try
        {
            var selector = "metadata.name=" + nodeName;
            while (true)
            {
                var list = await client.ListAsync<Berth.Api.Core.V1.Node>(null, new ListOptions { FieldSelector = selector }, limit.Token);
                last = list.Items.FirstOrDefault();
                if (last is not null && IsReady(last))
                    return;
                var watch = new ListOptions { FieldSelector = selector, ResourceVersion = list.Metadata.ResourceVersion };
                await foreach (var change in client.WatchAsync<Berth.Api.Core.V1.Node>(null, watch, limit.Token))
                {
                    last = change.Object;
                    if (IsReady(last))
                        return;
                }
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            var condition = last?.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");
            throw new UserErrorException(
                $"the node {nodeName} is not Ready after {within.TotalSeconds:F0} s: {(last is null ? "it has not registered" : condition?.Message ?? "it reports no condition")}",
                $"look into {Path.Combine(dataDirectory, "containerd", "containerd.log")}, or start again with --log-level debug",
                e);
        }
    }

    private static bool IsReady(Berth.Api.Core.V1.Node node) => node.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });
}
