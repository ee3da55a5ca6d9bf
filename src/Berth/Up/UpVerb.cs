using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Berth.Instance;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary><c>berth up</c>: the whole of Berth on this machine.</summary>
internal static class UpVerb
{
    public static Command Create()
    {
        var dataDirectory = Options.DataDirectory();
        var listen = new Option<string>("--listen") { Description = "Address and port of the API; 0.0.0.0:6443 makes it reachable from other machines", DefaultValueFactory = _ => "127.0.0.1:6443" };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Where to write the administrator's kubeconfig (default: DATA/admin.kubeconfig)" };
        var runtime = new Option<string?>("--runtime-endpoint") { Description = "Socket of a CRI runtime to use instead of a containerd of its own" };
        var podCidr = Options.PodCidr();
        var serviceCidr = Options.ServiceCidr();
        var nodeName = new Option<string>("--node-name") { Description = "Name of this machine in the cluster", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var logLevel = new Option<LogLevel>("--log-level") { Description = "debug, information, warning or error", DefaultValueFactory = _ => LogLevel.Warning, CustomParser = OptionValues.ParseLevel };
        var nodeConfig = NodeConfigFile.Option();
        var hugePages = HugePagesOption.Create();
        var podNetwork = Options.PodNetwork();
        var podPacketMax = Options.PodPacketMax();
        var advertise = Options.Advertise();
        var nodeAddress = Options.NodeAddress();
        var names = Options.ExtraNames();
        var ingress = Options.Ingress();
        var detach = new Option<bool>("--detach", "-d") { Description = "Leave it running and return when the node is Ready" };
        var demo = new Option<bool>("--demo") { Description = "Also build small images, run the first-light samples and show their pods" };
        var command = new Command("up", "Run the whole of Berth on this machine") { dataDirectory, listen, kubeconfig, runtime, podCidr, serviceCidr, nodeName, nodeConfig, hugePages, podNetwork, podPacketMax, advertise, nodeAddress, names, logLevel, ingress, detach, demo };
        var audit = new AuditFlags();
        audit.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            Root.Require("up");
            var directory = DataDirectory.Claim(parsed.GetRequiredValue(dataDirectory));
            RefuseSecond(directory);
            HugePagesOption.Apply(parsed.GetValue(hugePages));
            var options = Check(new UpOptions
            {
                DataDirectory = directory,
                Listen = OptionValues.ParseListen(parsed.GetRequiredValue(listen)),
                Kubeconfig = Path.GetFullPath(parsed.GetValue(kubeconfig) ?? Path.Combine(directory, "admin.kubeconfig")),
                RuntimeEndpoint = parsed.GetValue(runtime),
                PodCidr = OptionValues.ParseCidrs("--pod-cidr", parsed.GetRequiredValue(podCidr), 28, 120),
                ServiceCidr = OptionValues.ParseCidrs("--service-cidr", parsed.GetRequiredValue(serviceCidr), 28, 124),
                NodeName = OptionValues.ParseNodeName(parsed.GetRequiredValue(nodeName)),
                LogLevel = parsed.GetValue(logLevel),
                Ingress = OptionValues.ParseIngress(parsed.GetValue(ingress)),
                PodNetwork = OptionValues.ParsePodNetwork(parsed.GetRequiredValue(podNetwork)),
                PodPacketMax = OptionValues.ParsePodPacketMax(parsed.GetRequiredValue(podPacketMax)),
                HostAddress = IPAddress.Loopback,
                NodeAddresses = parsed.GetValue(nodeAddress) is { } node ? OptionValues.ParseAddresses("--node-ip", node) : null,
                Advertise = parsed.GetValue(advertise) is { } given ? OptionValues.ParseAddress("--advertise-address", given) : null,
                ExtraNames = parsed.GetValue(names) ?? [],
                Audit = audit.Read(parsed, Console.Error),
                NodeConfiguration = NodeConfigFile.Read(parsed.GetValue(nodeConfig), Console.Error),
            });
            if (parsed.GetValue(detach))
            {
                await Detached.StartAsync(options.DataDirectory, [.. parsed.Tokens.Select(t => t.Value)], Console.Out, ct);
                if (parsed.GetValue(demo))
                    await Demo.DemoRun.ShowAsync(options, Console.Out, ct);
                return 0;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, stop));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Stop(s, stop));
            using var logs = new LineLoggerFactory(Console.Error, options.LogLevel, TimeProvider.System);
            var run = new UpRun(options, Console.Out, TimeProvider.System, logs);
            await run.RunAsync(parsed.GetValue(demo) ? token => Demo.DemoRun.ShowAsync(options, Console.Out, token) : null, stop.Token);
            return 0;
        });
        return command;
    }

    /// <summary>Finds the machine's address and sees that the options go together.</summary>
    /// <exception cref="UserErrorException">They do not.</exception>
    internal static UpOptions Check(UpOptions options)
    {
        if (options.PodCidr.Overlaps(options.ServiceCidr))
            throw new UserErrorException($"--pod-cidr {options.PodCidr} and --service-cidr {options.ServiceCidr} overlap", "choose two ranges apart");
        if (!options.PodCidr.Families.SequenceEqual(options.ServiceCidr.Families))
            throw new UserErrorException($"--pod-cidr {options.PodCidr} and --service-cidr {options.ServiceCidr} are not of the same families in the same order", "give both one range, or both one of each family");
        var families = options.PodCidr.Families.ToList();
        IReadOnlyList<IPNetwork> own = [.. options.PodCidr.All, .. options.ServiceCidr.All];
        var address = options.NodeAddresses?.First ?? options.Advertise
            ?? (IPAddress.IsLoopback(options.Listen.Address) || options.ListensEverywhere || options.Listen.Address.AddressFamily != families[0]
                ? HostAddress.Primary(families[0], own)
                : options.Listen.Address);
        if (address.AddressFamily != families[0])
            throw new UserErrorException($"this machine's address {address} is not of the family of --pod-cidr {options.PodCidr}", "name one of the first family with --node-ip or --advertise-address, or give the ranges in the other order");
        var other = options.NodeAddresses is { } given ? given.Second : families.Count == 2 ? HostAddress.Secondary(families[1], own) : null;
        return options with { HostAddress = address, OtherAddress = other };
    }

    internal static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    internal static void RefuseSecond(string directory)
    {
        if (InstanceFile.Read(directory) is { } other && other.Process.IsAlive)
            throw new UserErrorException($"a berth already runs in {directory} (process {other.Pid})", "stop it with: berth down, or name another directory with --data-dir");
    }
}
