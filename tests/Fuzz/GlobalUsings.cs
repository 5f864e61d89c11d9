global using System.Globalization;
global using NUnit.Framework;
