using System.CommandLine;
using System.Runtime.InteropServices;
using Berth.Instance;
using Berth.Logging;
using Berth.Up;

namespace Berth.Server;

/// <summary><c>berth server</c>: a control plane alone, for other machines to join.</summary>
internal static class ServerVerb
{
    public static Command Create()
    {
        var dataDirectory = Options.DataDirectory();
        var listen = new Option<string>("--listen") { Description = "Address and port of the API", DefaultValueFactory = _ => "0.0.0.0:6443" };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Where to write the administrator's kubeconfig (default: DATA/admin.kubeconfig)" };
        var podCidr = Options.PodCidr();
        var serviceCidr = Options.ServiceCidr();
        var podNetwork = Options.PodNetwork();
        var advertise = Options.Advertise();
        var nodeAddress = Options.NodeAddress();
        var names = Options.ExtraNames();
        var ingress = Options.Ingress();
        var logLevel = Options.LogLevel();
        var detach = new Option<bool>("--detach", "-d") { Description = "Leave it running and return when the API answers" };
        var command = new Command("server", "Run a control plane, for other machines to join") { dataDirectory, listen, kubeconfig, podCidr, serviceCidr, podNetwork, advertise, nodeAddress, names, ingress, logLevel, detach };
        var audit = new AuditFlags();
        audit.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            Root.Require("server");
            var directory = DataDirectory.Claim(parsed.GetRequiredValue(dataDirectory));
            UpVerb.RefuseSecond(directory);
            var options = UpVerb.Check(new UpOptions
            {
                DataDirectory = directory,
                Listen = OptionValues.ParseListen(parsed.GetRequiredValue(listen)),
                Kubeconfig = Path.GetFullPath(parsed.GetValue(kubeconfig) ?? Path.Combine(directory, "admin.kubeconfig")),
                PodCidr = OptionValues.ParseCidrs("--pod-cidr", parsed.GetRequiredValue(podCidr), 28, 120),
                ServiceCidr = OptionValues.ParseCidrs("--service-cidr", parsed.GetRequiredValue(serviceCidr), 28, 124),
                NodeName = Environment.MachineName.ToLowerInvariant(),
                LogLevel = parsed.GetValue(logLevel),
                Ingress = OptionValues.ParseIngress(parsed.GetValue(ingress)),
                PodNetwork = OptionValues.ParsePodNetwork(parsed.GetRequiredValue(podNetwork)),
                HostAddress = System.Net.IPAddress.Loopback,
                NodeAddresses = parsed.GetValue(nodeAddress) is { } node ? OptionValues.ParseAddresses("--node-ip", node) : null,
                Advertise = parsed.GetValue(advertise) is { } given ? OptionValues.ParseAddress("--advertise-address", given) : null,
                ExtraNames = parsed.GetValue(names) ?? [],
                Audit = audit.Read(parsed, Console.Error),
            });
            if (parsed.GetValue(detach))
            {
                await Detached.StartAsync(directory, [.. parsed.Tokens.Select(t => t.Value)], Console.Out, ct);
                return 0;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => UpVerb.Stop(s, stop));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => UpVerb.Stop(s, stop));
            using var logs = new LineLoggerFactory(Console.Error, options.LogLevel, TimeProvider.System);
            await new ServerRun(options, Console.Out, TimeProvider.System, logs).RunAsync(stop.Token);
            return 0;
        });
        return command;
    }
}
