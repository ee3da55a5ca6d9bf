using Berth.Node.Tests.Runtime;

[assembly: AssemblyFixture(typeof(ContainerdFixture))]
