using System.Globalization;
using Berth.Api.Apps.V1;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Images;
using Berth.Instance;
using Berth.Node.Images;
using Berth.Up;
using Spectre.Console;
using Progress = Berth.Up.Progress;

namespace Berth.Demo;

/// <summary>
/// <c>berth up --demo</c>: builds the images of the first-light samples from what the machine has, applies the samples, and
/// shows their pods until all are as they should be.
/// </summary>
internal static class DemoRun
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    public static async Task ShowAsync(UpOptions options, TextWriter output, CancellationToken ct)
    {
        output.WriteLine("\nDemo: samples/first-light");
        var progress = new Progress(output);
        await progress.StageAsync("images", () => ImportImagesAsync(options.DataDirectory, ct), $"{LocalImages.BusyboxName}, {LocalImages.WebName}");
        var (client, http) = Berth.Client.Transport.Kubeconfig.Load(options.Kubeconfig).Connect("berth-demo");
        using (http)
        {
            await progress.StageAsync("apply", () => SampleManifests.ApplyAsync(client, ct), $"{SampleManifests.Names.Count} manifests");
            output.WriteLine();
            await ShowPodsAsync(client, output, ct);
        }

        output.WriteLine($"""

            All is as it should be. Look further:
              export KUBECONFIG={options.Kubeconfig}
              kubectl get all
              kubectl logs members-0
              kubectl logs -l job-name=primes --prefix
              kubectl exec deploy/web -- wget -qO- http://web
            """);
    }

    private static async Task ImportImagesAsync(string dataDirectory, CancellationToken ct) =>
        await ImageVerb.WithRuntimeAsync(dataDirectory, async (importer, client) =>
        {
            if (await client.ImageStatusAsync(LocalImages.BusyboxName, ct) is null)
                await importer.ImportAsync(await LocalImages.BusyboxAsync(ct), ct);
            if (await client.ImageStatusAsync(LocalImages.WebName, ct) is null)
                await importer.ImportAsync(await LocalImages.WebAsync(ct), ct);
            return 0;
        }, ct);

    private static async Task ShowPodsAsync(ClusterClient client, TextWriter output, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        try
        {
            if (output == Console.Out && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            {
                await AnsiConsole.Live(new Table()).StartAsync(async live =>
                {
                    while (!await IsDoneAsync(client, limit.Token))
                    {
                        live.UpdateTarget(TableOf(await PodsAsync(client, limit.Token)));
                        await Task.Delay(TimeSpan.FromMilliseconds(300), limit.Token);
                    }

                    live.UpdateTarget(TableOf(await PodsAsync(client, limit.Token)));
                });
                return;
            }

            // Without a terminal: a line for each change.
            var shown = new Dictionary<string, string>(StringComparer.Ordinal);
            while (true)
            {
                var done = await IsDoneAsync(client, limit.Token);
                foreach (var pod in await PodsAsync(client, limit.Token))
                {
                    var state = StateOf(pod);
                    if (shown.GetValueOrDefault(pod.Metadata.Name) == state)
                        continue;
                    shown[pod.Metadata.Name] = state;
                    output.WriteLine($"  {pod.Metadata.Name,-32} {state}");
                }

                if (done)
                    return;
                await Task.Delay(TimeSpan.FromMilliseconds(300), limit.Token);
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new UserErrorException($"the samples are not as they should be after {s_limit.TotalMinutes:F0} minutes", "see: kubectl get pods; kubectl get events", e);
        }
    }

    private static async Task<IReadOnlyList<Pod>> PodsAsync(ClusterClient client, CancellationToken ct) =>
        [.. (await client.ListAsync<Pod>("default", new ListOptions { LabelSelector = "app in (web,members,primes,lines)" }, ct)).Items.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)];

    private static async Task<bool> IsDoneAsync(ClusterClient client, CancellationToken ct)
    {
        var web = await client.GetAsync<Deployment>("default", "web", ct: ct);
        var members = await client.GetAsync<StatefulSet>("default", "members", ct: ct);
        var primes = await client.GetAsync<Job>("default", "primes", ct: ct);
        return web.Status.ReadyReplicas == web.Spec.Replicas && members.Status.ReadyReplicas == members.Spec.Replicas && primes.Status.Succeeded == primes.Spec.Completions;
    }

    private static Table TableOf(IReadOnlyList<Pod> pods)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("pod", "state", "restarts", "address");
        foreach (var pod in pods)
        {
            var restarts = pod.Status.ContainerStatuses.Sum(c => c.RestartCount);
            table.AddRow(Markup.Escape(pod.Metadata.Name), Markup.Escape(StateOf(pod)), restarts.ToString(CultureInfo.InvariantCulture), pod.Status.PodIP);
        }

        return table;
    }

    private static string StateOf(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
            return "Terminating";
        var waiting = pod.Status.ContainerStatuses.Select(c => c.State.Waiting?.Reason).FirstOrDefault(r => !string.IsNullOrEmpty(r));
        var ready = pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });
        return waiting ?? (pod.Status.Phase == "Running" ? ready ? "Running, ready" : "Running" : pod.Status.Phase);
    }
}
