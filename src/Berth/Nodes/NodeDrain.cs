using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Policy.V1;
using Berth.Client;
using Berth.Instance;
using ListOptions = Berth.Client.ListOptions;

namespace Berth.Nodes;

/// <summary>Evicts a node's pods through the eviction API, which asks their disruption budgets, and waits until they are gone.</summary>
internal sealed class NodeDrain(IClusterClient client, DrainOptions options, TextWriter output, TimeProvider time)
{
    // As kubectl: a budget that has no room now is asked again.
    private static readonly TimeSpan s_budgetRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_goneInterval = TimeSpan.FromSeconds(1);

    /// <exception cref="UserErrorException">A pod may not be evicted, or the time was over.</exception>
    public async Task RunAsync(string node, CancellationToken ct)
    {
        var pods = await client.ListAsync<Pod>(null, new ListOptions { FieldSelector = "spec.nodeName=" + node }, ct);
        var plan = DrainPlan.Of(pods.Items, options);
        if (plan.Refused.Count > 0)
            throw new UserErrorException($"node {node} is cordoned but not drained:\n  {string.Join("\n  ", plan.Refused)}", "give the options named, or end those pods yourself");
        foreach (var line in plan.Left)
            output.WriteLine($"left {line}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (options.Timeout is { } timeout)
            limit.CancelAfter(timeout);
        try
        {
            await Task.WhenAll(plan.Evict.Select(p => EvictAsync(p, limit.Token)));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new UserErrorException($"node {node} is not drained after {options.Timeout!.Value.TotalSeconds:F0} s", "see which budget has no room: kubectl get pdb -A. What is evicted stays evicted; drain again to go on", e);
        }

        output.WriteLine($"node/{node} drained");
    }

    private async Task EvictAsync(Pod pod, CancellationToken ct)
    {
        var (ns, name) = (pod.Metadata.Namespace, pod.Metadata.Name);
        var told = false;
        while (true)
        {
            try
            {
                await client.CreateSubresourceAsync<Pod, Eviction, Status>(
                    ns,
                    name,
                    "eviction",
                    new Eviction
                    {
                        Metadata = new() { Namespace = ns, Name = name },
                        DeleteOptions = new() { GracePeriodSeconds = options.GraceSeconds, Preconditions = new() { Uid = pod.Metadata.Uid } },
                    },
                    ct: ct);
                break;
            }
            catch (ApiException e) when (e.IsNotFound || e.IsConflict)
            {
                break; // It has gone, or another has its name.
            }
            catch (ApiException e) when (e.IsTooManyRequests)
            {
                if (!told)
                    Say($"{ns}/{name} waits: {e.Message}");
                told = true;
                await Task.Delay(e.RetryAfter is { } asked && asked > s_budgetRetry ? asked : s_budgetRetry, time, ct);
            }
        }

        while (await IsThereAsync(ns, name, pod.Metadata.Uid, ct))
            await Task.Delay(s_goneInterval, time, ct);
        Say($"{ns}/{name} evicted");
    }

    private async Task<bool> IsThereAsync(string ns, string name, string uid, CancellationToken ct)
    {
        try
        {
            return (await client.GetAsync<Pod>(ns, name, ct: ct)).Metadata.Uid == uid;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private void Say(string line)
    {
        lock (output)
            output.WriteLine(line);
    }
}
