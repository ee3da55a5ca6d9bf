using System.CommandLine;
using System.CommandLine.Parsing;
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
        var podCidr = new Option<string>("--pod-cidr") { Description = "Addresses of pods", DefaultValueFactory = _ => "10.42.0.0/16" };
        var serviceCidr = new Option<string>("--service-cidr") { Description = "Addresses of services", DefaultValueFactory = _ => "10.43.0.0/16" };
        var nodeName = new Option<string>("--node-name") { Description = "Name of this machine in the cluster", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var logLevel = new Option<LogLevel>("--log-level") { Description = "debug, information, warning or error", DefaultValueFactory = _ => LogLevel.Warning, CustomParser = ParseLevel };
        var detach = new Option<bool>("--detach", "-d") { Description = "Leave it running and return when the node is Ready" };
        var demo = new Option<bool>("--demo") { Description = "Also build small images, run the first-light samples and show their pods" };
        var command = new Command("up", "Run the whole of Berth on this machine") { dataDirectory, listen, kubeconfig, runtime, podCidr, serviceCidr, nodeName, logLevel, detach, demo };
        command.SetAction(async (parsed, ct) =>
        {
            Root.Require("up");
            var directory = DataDirectory.Claim(parsed.GetRequiredValue(dataDirectory));
            RefuseSecond(directory);
            var options = new UpOptions
            {
                DataDirectory = directory,
                Listen = ParseListen(parsed.GetRequiredValue(listen)),
                Kubeconfig = Path.GetFullPath(parsed.GetValue(kubeconfig) ?? Path.Combine(directory, "admin.kubeconfig")),
                RuntimeEndpoint = parsed.GetValue(runtime),
                PodCidr = ParseCidr("--pod-cidr", parsed.GetRequiredValue(podCidr), 28),
                ServiceCidr = ParseCidr("--service-cidr", parsed.GetRequiredValue(serviceCidr), 28),
                NodeName = ParseNodeName(parsed.GetRequiredValue(nodeName)),
                LogLevel = parsed.GetValue(logLevel),
            };
            if (options.PodCidr.Contains(options.ServiceCidr.BaseAddress) || options.ServiceCidr.Contains(options.PodCidr.BaseAddress))
                throw new UserErrorException($"--pod-cidr {options.PodCidr} and --service-cidr {options.ServiceCidr} overlap", "choose two ranges apart");
            if (parsed.GetValue(detach))
            {
                await Detached.StartAsync(options, [.. parsed.Tokens.Select(t => t.Value)], Console.Out, ct);
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

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    private static void RefuseSecond(string directory)
    {
        if (InstanceFile.Read(directory) is { } other && other.Process.IsAlive)
            throw new UserErrorException($"a berth already runs in {directory} (process {other.Pid})", "stop it with: berth down, or name another directory with --data-dir");
    }

    private static LogLevel ParseLevel(ArgumentResult argument)
    {
        var text = argument.Tokens.Count > 0 ? argument.Tokens[0].Value.ToLowerInvariant() : "";
        switch (text)
        {
            case "trace": return LogLevel.Trace;
            case "debug": return LogLevel.Debug;
            case "information" or "info": return LogLevel.Information;
            case "warning" or "warn": return LogLevel.Warning;
            case "error": return LogLevel.Error;
            default:
                argument.AddError($"--log-level \"{text}\" is not one of debug, information, warning, error");
                return LogLevel.Warning;
        }
    }

    private static IPEndPoint ParseListen(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0
            ? endpoint
            : throw new UserErrorException($"--listen \"{text}\" is not an address with a port", "give one such as 127.0.0.1:6443");

    private static IPNetwork ParseCidr(string option, string text, int prefixMax) =>
        IPNetwork.TryParse(text, out var network) && network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && network.PrefixLength <= prefixMax
            ? network
            : throw new UserErrorException($"{option} \"{text}\" is not an IPv4 range of at least {1 << (32 - prefixMax)} addresses", "give one such as 10.42.0.0/16, with all host bits zero");

    private static string ParseNodeName(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.') && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            ? text
            : throw new UserErrorException($"--node-name \"{text}\" is not a DNS name", "use lower-case letters, digits, '-' and '.'");
}
