global using System.Buffers;
global using System.Globalization;
global using Keelson.Base;
