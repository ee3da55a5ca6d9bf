using System.Runtime.InteropServices;
using Berth.Client.Transport;
using Berth.Csi.LoopDriver;

// For trying it out against a running Berth:
//   Berth.Csi.LoopDriver KUBECONFIG NODE STATE_DIRECTORY KUBELET_DIRECTORY [NAME]
if (args.Length < 4)
{
    Console.Error.WriteLine("usage: Berth.Csi.LoopDriver KUBECONFIG NODE STATE_DIRECTORY KUBELET_DIRECTORY [NAME]");
    return 2;
}

var name = args.Length > 4 ? args[4] : "loop.csi.berth.dev";
var (client, http) = Kubeconfig.Load(args[0]).Connect(name);
using var owned = http;
await using var driver = new LoopDriver(
    new DriverOptions
    {
        Name = name,
        NodeName = args[1],
        StateDirectory = args[2],
        Socket = Path.Combine(args[3], "plugins", name, "csi.sock"),
        RegistryDirectory = Path.Combine(args[3], "plugins_registry"),
    },
    client);
await driver.StartAsync();
var end = new TaskCompletionSource();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; end.TrySetResult(); });
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => { context.Cancel = true; end.TrySetResult(); });
Console.WriteLine($"{name} runs; the node agent said: {(await driver.Registration.Answer is { Length: > 0 } refusal ? refusal : "registered")}");
await end.Task;
return 0;
