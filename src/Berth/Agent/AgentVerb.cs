using System.CommandLine;
using System.Runtime.InteropServices;
using Berth.Instance;
using Berth.Join;
using Berth.Logging;
using Berth.Up;

namespace Berth.Agent;

/// <summary><c>berth agent</c>: makes this machine a node of a cluster whose control plane runs elsewhere.</summary>
internal static class AgentVerb
{
    // The shortest that the cluster gives.
    private const int LifetimeMinutesMin = 10;

    public static Command Create()
    {
        var dataDirectory = Options.DataDirectory();
        var join = new Option<string?>("--join") { Description = "The cluster's API, https://HOST:6443; needed the first time" };
        var token = new Option<string?>("--token") { Description = "What berth token create printed; needed the first time" };
        var nodeName = new Option<string>("--node-name") { Description = "Name of this machine in the cluster", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var nodeAddress = Options.NodeAddress();
        var runtime = new Option<string?>("--runtime-endpoint") { Description = "Socket of a CRI runtime to use instead of a containerd of its own" };
        var lifetime = new Option<int?>("--certificate-minutes") { Description = "How long the certificates that it asks for are to be good (default: a year)" };
        var ingress = Options.Ingress();
        var podPacketMax = Options.PodPacketMax();
        var nodeConfig = NodeConfigFile.Option();
        var hugePages = HugePagesOption.Create();
        var logLevel = Options.LogLevel();
        var detach = new Option<bool>("--detach", "-d") { Description = "Leave it running and return when the node is Ready" };
        var command = new Command("agent", "Make this machine a node of a cluster") { dataDirectory, join, token, nodeName, nodeAddress, runtime, lifetime, ingress, podPacketMax, nodeConfig, hugePages, logLevel, detach };
        command.SetAction(async (parsed, ct) =>
        {
            Root.Require("agent");
            HugePagesOption.Apply(parsed.GetValue(hugePages));
            var options = new AgentOptions
            {
                DataDirectory = DataDirectory.Claim(parsed.GetRequiredValue(dataDirectory)),
                Server = parsed.GetValue(join) is { } server ? ParseServer(server) : null,
                Token = parsed.GetValue(token) is { } text ? JoinToken.Parse(text) : null,
                NodeName = OptionValues.ParseNodeName(parsed.GetRequiredValue(nodeName)),
                NodeAddresses = parsed.GetValue(nodeAddress) is { } address ? OptionValues.ParseAddresses("--node-ip", address) : null,
                RuntimeEndpoint = parsed.GetValue(runtime),
                CertificateLifetime = parsed.GetValue(lifetime) is { } minutes ? ParseLifetime(minutes) : null,
                Ingress = OptionValues.ParseIngress(parsed.GetValue(ingress)),
                PodPacketMax = OptionValues.ParsePodPacketMax(parsed.GetRequiredValue(podPacketMax)),
                NodeConfiguration = NodeConfigFile.Read(parsed.GetValue(nodeConfig), Console.Error),
                LogLevel = parsed.GetValue(logLevel),
            };
            UpVerb.RefuseSecond(options.DataDirectory);
            if (parsed.GetValue(detach))
            {
                await Detached.StartAsync(options.DataDirectory, [.. parsed.Tokens.Select(t => t.Value)], Console.Out, ct);
                return 0;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => UpVerb.Stop(s, stop));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => UpVerb.Stop(s, stop));
            using var logs = new LineLoggerFactory(Console.Error, options.LogLevel, TimeProvider.System);
            try
            {
                await new AgentRun(options, Console.Out, TimeProvider.System, logs).RunAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Asked to stop while it was joining.
            }

            return 0;
        });
        return command;
    }

    private static Uri ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps && server.PathAndQuery == "/"
            ? server
            : throw new UserErrorException($"--join \"{text}\" is not the address of a server", "give one such as https://192.0.2.10:6443");

    private static TimeSpan ParseLifetime(int minutes) =>
        minutes >= LifetimeMinutesMin
            ? TimeSpan.FromMinutes(minutes)
            : throw new UserErrorException($"--certificate-minutes {minutes} is too short", $"the cluster gives no certificate for less than {LifetimeMinutesMin} minutes");
}
