using System.CommandLine;
using Berth.Client;
using Berth.Instance;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Nodes;

/// <summary><c>berth node drain | cordon | uncordon NAME</c>: takes a machine out of service and back.</summary>
internal static class NodeVerb
{
    public static Command Create()
    {
        var drainName = Name();
        var force = new Option<bool>("--force") { Description = "Also delete pods that no controller makes again" };
        var empty = new Option<bool>("--delete-emptydir-data") { Description = "Also evict pods with emptyDir volumes, whose data is lost" };
        var timeout = new Option<int>("--timeout") { Description = "Seconds after which to give up; 0 waits for ever", DefaultValueFactory = _ => 0 };
        var grace = new Option<int?>("--grace-period") { Description = "Seconds that pods have to end (default: each pod's own)" };
        var (drainDirectory, drainConfig) = (Options.DataDirectory(), Options.Kubeconfig());
        var drain = new Command("drain", "Cordon a node and evict its pods, as fast as their disruption budgets allow") { drainName, force, empty, timeout, grace, drainDirectory, drainConfig };
        drain.SetAction(async (parsed, ct) =>
        {
            using var admin = AdminClient.Open(parsed.GetValue(drainConfig), parsed.GetRequiredValue(drainDirectory));
            var options = new DrainOptions
            {
                Force = parsed.GetValue(force),
                DeleteEmptyDirData = parsed.GetValue(empty),
                Timeout = parsed.GetValue(timeout) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
                GraceSeconds = parsed.GetValue(grace),
            };
            var name = parsed.GetRequiredValue(drainName);
            await CordonAsync(admin.Client, name, true, Console.Out, ct);
            await new NodeDrain(admin.Client, options, Console.Out, TimeProvider.System).RunAsync(name, ct);
            return 0;
        });
        return new Command("node", "Take machines out of service and back") { drain, Switch("cordon", "Place no new pods on a node", true), Switch("uncordon", "Place pods on a node again", false) };
    }

    private static Argument<string> Name() => new("name") { Description = "The node" };

    private static Command Switch(string verb, string description, bool cordon)
    {
        var (name, directory, config) = (Name(), Options.DataDirectory(), Options.Kubeconfig());
        var command = new Command(verb, description) { name, directory, config };
        command.SetAction(async (parsed, ct) =>
        {
            using var admin = AdminClient.Open(parsed.GetValue(config), parsed.GetRequiredValue(directory));
            await CordonAsync(admin.Client, parsed.GetRequiredValue(name), cordon, Console.Out, ct);
            return 0;
        });
        return command;
    }

    private static async Task CordonAsync(IClusterClient client, string name, bool cordon, TextWriter output, CancellationToken ct)
    {
        try
        {
            var patch = cordon ? """{"spec":{"unschedulable":true}}""" : """{"spec":{"unschedulable":null}}""";
            await client.PatchAsync<ApiNode>(null, name, Patch.Merge(patch), ct: ct);
            output.WriteLine($"node/{name} {(cordon ? "cordoned" : "uncordoned")}");
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            throw new UserErrorException($"there is no node {name}", "see: kubectl get nodes", e);
        }
    }
}
