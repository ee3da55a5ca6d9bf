using System.CommandLine;
using Berth.Agent;
using Berth.ApiServer.Http;
using Berth.ApiServer.Pki;
using Berth.Down;
using Berth.Images;
using Berth.Instance;
using Berth.Linux.Processes;
using Berth.Node.Images;
using Berth.Node.Runtime;
using Berth.Nodes;
using Berth.Server;
using Berth.Store;
using Berth.Token;
using Berth.Up;
using Berth.Verbs;

EmbeddedLibraries.Offer();

// Every verb of the binary.
var root = new RootCommand("Berth: a workload orchestrator that speaks the Kubernetes API")
{
    UpVerb.Create(),
    ServerVerb.Create(),
    AgentVerb.Create(),
    TokenVerb.Create(),
    NodeVerb.Create(),
    DownVerb.Create(),
    ImageVerb.Create(),
    ApiServerVerb.Create(),
    SchedulerVerb.Create(),
    WhyVerb.Create(),
    MapVerb.Create(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UserErrorException e)
{
    Console.Error.WriteLine($"berth: {e.Message}");
    Console.Error.WriteLine($"  {e.Remedy}");
    return 1;
}
catch (Exception e) when (e is HttpRequestException or ApiStatusException or Berth.Client.ApiException or Berth.Client.Transport.KubeconfigException or PkiException or StoreException or RuntimeStartException or ImageImportException or LocalImageException or ProcessFailedException or IOException)
{
    // These say in their own words what is wrong and what to do.
    Console.Error.WriteLine($"berth: {e.Message}");
    return 1;
}
